// payment.test.mjs - money: what is paid is booked, what is owed goes back, and the books agree, whatever is lost or repeated.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SECRET, signed } from './payment.mjs'
import { Server, next, until } from './server.mjs'

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
})
