// payment.test.mjs - money: what is paid is booked, what is owed goes back, and the books agree, whatever is lost or repeated.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SECRET, signed } from './payment.mjs'
import { Server, next, sleep, until } from './server.mjs'

const build = process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname
const at = '/api/v1/appointments'
let made = 0
const key = () => ({ 'Idempotency-Key': `payment-${process.pid}-${made++}` })

class Shop {
  static async open(flags = []) {
    const shop = new this()
    shop.server = await Server.start(['--payment-provider', 'sandbox', '--payment-secret', SECRET, ...flags])
    for (const login of ['patient1', 'patient2', 'doctor1']) shop[login] = await shop.server.login(login)
    const get = async (path) => (await shop.server.call('GET', path, { token: shop.doctor1.token })).body.items
    shop.service = (await get(`/api/v1/services?doctor=${shop.doctor1.user.id}`)).find((s) => s.fee.amount > 0)
    const from = new Date(Date.now() + 5 * 86_400_000).toISOString().replace(/\.\d+/, '')
    shop.starts = (await get(`/api/v1/doctors/${shop.doctor1.user.id}/slots?service=${shop.service.id}&from=${from}`))
      .map((s) => s.startAt).filter((_, i) => i % 3 === 0)
    return shop
  }

  async ask(method, path, { who = this.patient1, want = 200, ...options } = {}) {
    const reply = await this.server.call(method, path, { token: who?.token, ...options })
    assert.equal(reply.status, want, `${method} ${path}: ${reply.text}`)
    return reply.body
  }

  // Held and confirmed: an appointment that waits for its money.
  async order(who = this.patient1, startAt = this.starts.shift()) {
    const { appointment } = await this.ask('POST', at, { who, want: 201, headers: key(),
      body: { doctor: this.doctor1.user.id, service: this.service.id, startAt } })
    const { appointment: confirmed } = await this.ask('POST', `${at}/${appointment.id}/confirm`, { who })
    assert.equal(confirmed.status, 'pending_payment')
    return confirmed
  }

  payment(id, who = this.patient1) { return this.ask('GET', `${at}/${id}/payment`, { who }) }
  async appointment(id, who = this.patient1) { return (await this.ask('GET', `${at}/${id}`, { who })).appointment }

  async pay(id, action = 'pay', { who = this.patient1, ...more } = {}) {
    const { checkoutUrl } = await this.payment(id, who)
    return this.ask('POST', checkoutUrl, { who: null, body: { action, ...more } })
  }

  settled(id, state, who = this.patient1) {
    return until(async () => {
      const payment = await this.payment(id, who)
      return payment.state === state && payment
    }, `the payment of ${id} to be ${state}`)
  }

  webhook(event, { want = 200, headers } = {}) {
    const body = JSON.stringify(event)
    return this.ask('POST', '/api/v1/payments/webhooks/sandbox', { who: null, want, body, headers: { ...signed(body), ...headers } })
  }

  async reconcile() {
    const { status, stdout, stderr } = spawnSync(join(build, 'consultd'), ['reconcile', '--data', this.server.data], { encoding: 'utf8' })
    return { status, text: stdout + stderr }
  }
}

const lines = (payment) => payment.lines.map((l) => l.amountMinor)
const session = (payment) => payment.checkoutUrl.match(/pay_[A-Za-z0-9]+/)[0]
let events = 0
const event = (payment, data = {}, type = 'payment.succeeded') => ({ id: `evt_test${process.pid}${events++}`, type,
  data: { session: session(payment), charge: `chg_test${events}`, amount: payment.amount.amount, currency: payment.amount.currency, ...data } })

describe('payment', () => {
  let shop
  before(async () => { shop = await Shop.open() })
  after(() => shop?.server.stop())

  test('what is paid at the checkout is booked, and both sides hear of it', async () => {
    const { id } = await shop.order()
    const first = await shop.payment(id)
    assert.deepEqual([first.state, first.refunded.amount, first.lines], ['pending', 0, []])
    assert.deepEqual(await shop.ask('POST', `${at}/${id}/payment`), first, 'the open order again')
    const page = await shop.server.call('GET', first.checkoutUrl, { headers: { 'Accept-Language': 'zh-CN,zh;q=0.9' } })
    assert.equal(page.status, 200)
    assert.match(page.text, /<html lang="zh-CN">.*支付沙箱.*CNY 50\.00/s)
    assert.match((await shop.server.call('GET', `${first.checkoutUrl}&lang=en`)).text, /<html lang="en">.*To pay/s)
    assert.match(page.headers.get('content-security-policy'), /default-src 'self'/)
    const socket = await shop.server.connect(shop.doctor1.token)
    const told = next(socket, 'appointment:changed', ({ appointment: a }) => a.id === id && a.status === 'booked')
    assert.deepEqual(await shop.pay(id), { return: `/appointments/${id}` })
    await told
    socket.close()
    const paid = await shop.settled(id, 'paid')
    assert.deepEqual([lines(paid), paid.checkoutUrl], [[first.amount.amount], null])
    await shop.ask('POST', first.checkoutUrl, { who: null, want: 409, body: { action: 'pay' } })
    await shop.ask('POST', `${at}/${id}/payment`, { want: 409 })
  })

  test('a payment that fails leaves the time held, and may be tried again', async () => {
    const { id } = await shop.order()
    const first = await shop.payment(id)
    await shop.pay(id, 'fail')
    const failed = await shop.settled(id, 'failed')
    assert.equal(failed.checkoutUrl, null)
    assert.equal((await shop.appointment(id)).status, 'pending_payment')
    const second = await shop.ask('POST', `${at}/${id}/payment`)
    assert.notEqual(second.id, first.id)
    await shop.pay(id)
    await shop.settled(id, 'paid')
    assert.equal((await shop.appointment(id)).status, 'booked')
  })

  test('what is paid twice comes back once', async () => {
    const { id } = await shop.order()
    await shop.pay(id, 'twice')
    const fee = shop.service.fee.amount
    const paid = await until(async () => {
      const payment = await shop.payment(id)
      return payment.lines.length === 3 && payment
    }, 'the second charge to come back')
    assert.deepEqual([paid.state, lines(paid), paid.refunded.amount], ['paid', [fee, fee, -fee], fee])
    assert.equal((await shop.appointment(id)).status, 'booked')
  })

  test('a webhook said a hundred times is booked once', async () => {
    const { id } = await shop.order()
    const payment = await shop.payment(id)
    const one = event(payment)
    await Promise.all(Array.from({ length: 100 }, () => shop.webhook(one)))
    const paid = await shop.payment(id)
    assert.deepEqual([paid.state, lines(paid)], ['paid', [payment.amount.amount]])
    await shop.webhook({ ...one, id: `${one.id}x` })
    assert.equal((await shop.payment(id)).lines.length, 1, 'nor under another event id')
  })

  test('a delayed and repeated webhook is booked once', async () => {
    const { id } = await shop.order()
    await shop.pay(id, 'repeat', { delaySeconds: 1 })
    assert.equal((await shop.payment(id)).lines.length, 0)
    assert.equal((await shop.settled(id, 'paid')).lines.length, 1)
  })

  test('a forged, old or altered webhook moves nothing', async () => {
    const { id } = await shop.order()
    const body = event(await shop.payment(id))
    const now = Math.floor(Date.now() / 1000), text = JSON.stringify(body)
    for (const headers of [signed(text, { secret: 'not the one' }), signed(`${text} `), signed(text, { seconds: now - 400 }),
      signed(text, { seconds: now + 400 }), { 'Payment-Signature': '' }, { 'Payment-Signature': 't=1,v1=00' }]) {
      await shop.webhook(body, { want: 401, headers })
    }
    await shop.ask('POST', '/api/v1/payments/webhooks/other', { who: null, want: 404, body: text, headers: signed(text) })
    assert.equal((await shop.payment(id)).state, 'pending')
    await shop.ask('POST', (await shop.payment(id)).checkoutUrl.replace('amount=5000', 'amount=1'), { who: null, want: 404, body: { action: 'pay' } })
    await shop.ask('POST', `${at}/${id}/cancel`)
  })

  test('another amount buys nothing and goes back', async () => {
    const { id } = await shop.order(shop.patient2)
    const payment = await shop.payment(id, shop.patient2)
    const one = event(payment, { amount: 1 })
    await shop.webhook(one)
    const came = await shop.payment(id, shop.patient2)
    assert.deepEqual([came.state, lines(came)], ['refunding', [1]])
    assert.equal((await shop.appointment(id, shop.patient2)).status, 'pending_payment')
    await shop.ask('POST', `${at}/${id}/cancel`, { who: shop.patient2 })
  })

  test('the clinic cancels: all comes back; the patient late: by the policy he booked under', async () => {
    const fee = shop.service.fee.amount
    const by = async (who, body) => {
      const { id } = await shop.order()
      await shop.pay(id)
      await shop.settled(id, 'paid')
      const { refund } = await shop.ask('GET', `${at}/${id}/cancellation`, { who })
      await shop.ask('POST', `${at}/${id}/cancel`, { who, body })
      const payment = await shop.settled(id, refund.amount === fee ? 'refunded' : 'partially_refunded')
      assert.deepEqual([payment.refunded.amount, lines(payment)], [refund.amount, [fee, -refund.amount]])
    }
    await by(shop.doctor1, { reason: '停诊' })
    await by(shop.patient1)
  })

  test('the money goes along when an appointment is moved', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    await shop.settled(id, 'paid', shop.patient2)
    const { appointment: moved } = await shop.ask('POST', `${at}/${id}/reschedule`,
      { who: shop.patient2, want: 201, headers: key(), body: { startAt: shop.starts.shift() } })
    assert.equal((await shop.payment(moved.id, shop.patient2)).state, 'paid')
    await shop.ask('POST', `${at}/${moved.id}/cancel`, { who: shop.doctor1, body: { reason: '停诊' } })
    await shop.settled(moved.id, 'refunded', shop.patient2)
  })

  test('a leave calls a paid booking off: undone, it is booked and paid as before, and nothing was sent back', async () => {
    const startAt = shop.starts.shift()
    const { id } = await shop.order(shop.patient2, startAt)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    await shop.settled(id, 'paid', shop.patient2)
    const leave = `/api/v1/doctors/${shop.doctor1.user.id}/leave`, who = shop.doctor1
    const end = new Date(Date.parse(startAt) + 60_000).toISOString().replace(/\.\d+/, '')
    const { id: taken } = await shop.ask('POST', leave, { who, want: 201, headers: key(),
      body: { start: startAt, end, reason: '停诊', choices: [{ appointment: id, action: 'cancel' }] } })
    assert.equal((await shop.payment(id, shop.patient2)).state, 'refunding')
    const { restored, lost } = await shop.ask('POST', `${leave}/${taken}/undo`, { who })
    assert.deepEqual([restored.length, restored[0].startAt, restored[0].status, lost], [1, startAt, 'booked', []])
    const paid = await shop.payment(restored[0].id, shop.patient2)
    assert.deepEqual([paid.state, paid.lines.length], ['paid', 1])
    await shop.ask('POST', `${at}/${restored[0].id}/cancel`, { who, body: { reason: '停诊' } })
    await shop.settled(id, 'refunded', shop.patient2)
  })

  test('who gave the time up himself gets late money back, though it is free', async () => {
    const { id } = await shop.order()
    const payment = await shop.payment(id)
    await shop.ask('POST', `${at}/${id}/cancel`)
    assert.deepEqual([(await shop.payment(id)).state, (await shop.payment(id)).checkoutUrl], ['closed', null])
    await shop.webhook(event(payment))
    assert.equal((await shop.payment(id)).state, 'refunding')
    assert.equal((await shop.appointment(id)).status, 'expired')
  })

  test('killed between the webhook and its answer: booked once', async () => {
    const { id } = await shop.order(shop.patient2)
    const payment = await shop.payment(id, shop.patient2)
    const one = event(payment)
    const asked = Array.from({ length: 20 }, () => shop.webhook(one).catch(() => null))
    await asked[0]
    await shop.server.kill()
    await Promise.all(asked)
    await shop.server.run()
    await shop.webhook(one)
    const paid = await shop.payment(id, shop.patient2)
    assert.deepEqual([paid.state, lines(paid)], ['paid', [payment.amount.amount]])
  })

  test('killed with a refund and a webhook under way: both arrive after the restart, once', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    await shop.server.kill()
    await shop.server.run()
    await shop.settled(id, 'paid', shop.patient2)
    await shop.ask('POST', `${at}/${id}/cancel`, { who: shop.doctor1, body: { reason: '停诊' } })
    await shop.server.kill()
    await shop.server.run()
    const back = await shop.settled(id, 'refunded', shop.patient2)
    assert.equal(back.lines.length, 2)
  })
})

describe('late money', () => {
  let shop
  before(async () => { shop = await Shop.open(['--hold-s', '2']) })
  after(() => shop?.server.stop())

  const lapse = async (who, startAt) => {
    const { id } = await shop.order(who, startAt)
    await shop.pay(id, 'late', { who })
    await until(async () => (await shop.appointment(id, who)).status === 'expired', 'the hold to end')
    return id
  }

  test('the time is still free: it is booked after all', async () => {
    const startAt = shop.starts.shift()
    const id = await lapse(shop.patient1, startAt)
    const paid = await shop.settled(id, 'paid')
    assert.equal(paid.lines.length, 1)
    const { items } = await shop.ask('GET', `${at}?status=booked&limit=100`)
    const booked = items.find((one) => one.startAt === startAt)
    assert.deepEqual([booked.series, booked.patient.id], [(await shop.appointment(id)).series, (await shop.appointment(id)).patient.id])
    assert.equal((await shop.payment(booked.id)).id, paid.id)
  })

  test('the time is taken: all of it comes back', async () => {
    const startAt = shop.starts.shift()
    const { id } = await shop.order(shop.patient1, startAt)
    await shop.pay(id, 'late', { delaySeconds: 5 })
    await until(async () => (await shop.appointment(id)).status === 'expired', 'the hold to end')
    const { id: other } = await shop.order(shop.patient2, startAt)
    await shop.pay(other, 'pay', { who: shop.patient2 })
    await shop.settled(other, 'paid', shop.patient2)
    const back = await shop.settled(id, 'refunded')
    assert.deepEqual([lines(back).reduce((a, b) => a + b), back.refunded.amount], [0, shop.service.fee.amount])
    assert.equal((await shop.appointment(other, shop.patient2)).status, 'booked')
  })
})

describe('payment against the end of the hold', () => {
  let shop
  before(async () => { shop = await Shop.open(['--hold-s', '2']) })
  after(() => shop?.server.stop())

  test('told in the very second: it is booked or given back, and nobody has both or neither', async () => {
    const ids = []
    for (const who of [shop.patient1, shop.patient2, shop.patient1, shop.patient2]) {
      const { id } = await shop.order(who)
      await shop.pay(id, 'pay', { who, delaySeconds: 2 })
      ids.push([id, who])
    }
    await until(async () => (await shop.reconcile()).status === 0, 'the books to agree')
    for (const [id, who] of ids) {
      const { state, lines: moved } = await shop.payment(id, who)
      const { series } = await shop.appointment(id, who)
      const { items } = await shop.ask('GET', `${at}?status=booked&limit=100`, { who })
      const booked = items.filter((one) => one.series === series).length
      assert.deepEqual([state, booked, moved.length], booked ? ['paid', 1, 1] : ['refunded', 0, 2])
    }
  })
})

describe('reconcile', () => {
  let shop
  before(async () => { shop = await Shop.open() })
  after(() => shop?.server.stop())

  const agreed = () => until(async () => (await shop.reconcile()).status === 0, 'the books to agree')
  const sql = (...statements) => {
    const { status, stderr } = spawnSync('python3', ['-c', 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1])\n' +
      'for s in sys.argv[2:]: d.execute(s)\nd.commit()', join(shop.server.data, 'consultd.db'), ...statements])
    assert.equal(status, 0, String(stderr))
  }

  test('after all that can happen the difference is zero', async () => {
    assert.deepEqual(await shop.reconcile(), { status: 0, text: '0 differences\n' })
    for (const action of ['pay', 'fail', 'twice', 'repeat']) await shop.pay((await shop.order()).id, action)
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    await shop.settled(id, 'paid', shop.patient2)
    await shop.ask('POST', `${at}/${id}/cancel`, { who: shop.doctor1, body: { reason: '停诊' } })
    await shop.settled(id, 'refunded', shop.patient2)
    await agreed()
  })

  test('killed again and again while money moves: the difference is zero in the end', async () => {
    for (let round = 0; round < 6; round++) {
      const who = round % 2 ? shop.patient1 : shop.patient2
      const { id } = await shop.order(who)
      const paying = shop.pay(id, ['pay', 'twice', 'repeat'][round % 3], { who }).catch(() => null)
      if (round > 1) await paying
      await sleep(round * 7)
      await shop.server.kill()
      await paying
      await shop.server.run()
    }
    await agreed()
  })

  test('a charge whose webhook is still to come is a difference until it is there', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2, delaySeconds: 3 })
    const { status, text } = await shop.reconcile()
    assert.equal(status, 1)
    assert.match(text, /^charge-not-booked +chg_\w+ {2}0, not 5000$/m)
    assert.match(text, /^outbox-waiting +webhook evt_/m)
    assert.match(text, /^2 differences$/m)
    await agreed()
  })

  test('where there are no books it makes none', () => {
    const data = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    const { status, stderr } = spawnSync(join(build, 'consultd'), ['reconcile', '--data', data], { encoding: 'utf8' })
    assert.deepEqual([status, readdirSync(data)], [1, []])
    assert.match(stderr, /no database/)
    rmSync(data, { recursive: true })
  })

  test('what somebody changed in the database is found', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'pay', { who: shop.patient2 })
    const order = (await shop.settled(id, 'paid', shop.patient2)).id
    await agreed()
    sql('DROP TRIGGER payment_order_balance', `UPDATE payment_order SET balance_minor = 1 WHERE public_id = '${order}'`)
    const { status, text } = await shop.reconcile()
    assert.equal(status, 1)
    assert.match(text, new RegExp(`^ledger-balance +${order} {2}5000, not 1$`, 'm'))
    assert.match(text, new RegExp(`^order-state-paid +${order} {2}1, not 5000$`, 'm'))
    sql(`UPDATE payment_order SET balance_minor = 5000 WHERE public_id = '${order}'`, 'DELETE FROM sandbox_charge WHERE order_ref = \'' + order + '\'')
    assert.match((await shop.reconcile()).text, /^charge-not-at-provider +chg_/m)
  })
})
