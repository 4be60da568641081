// payment.test.mjs - money: what is paid is booked, what is owed goes back, whatever is lost or repeated.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Shop, at, key, signed } from './payment.mjs'
import { ask, next, until } from './server.mjs'

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
    for (const [currency, shown] of [['JPY', 'JPY 5000<'], ['KWD', 'KWD 5\\.000<']]) {
      const link = new URL(first.checkoutUrl, shop.server.url), query = link.searchParams
      const text = [session(first), query.get('order'), query.get('amount'), currency, query.get('appointment')].join('|')
      query.set('currency', currency)
      query.set('signature', signed(text, { seconds: query.get('expires') })['Payment-Signature'].split('v1=')[1])
      assert.match((await shop.server.call('GET', link.pathname + link.search)).text, new RegExp(shown))
    }
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

  test('referred to care in person: all of it comes back, and the patient has one notice', async () => {
    const desk = await shop.server.login('desk')
    const { id } = await shop.order()
    await shop.pay(id)
    const { amount } = await shop.settled(id, 'paid')
    const { appointment } = await shop.ask('POST', `${at}/${id}/reschedule`, { who: desk, want: 201, headers: key(),
      body: { startAt: new Date(Date.now() + 300_000).toISOString().replace(/\.\d+/, ''), overbook: true, reason: '提前' } })
    const { consult } = (await shop.ask('POST', `${at}/${appointment.id}/check-in`)).appointment
    const [his, hers] = await Promise.all([shop.doctor1, shop.patient1].map(({ token }) => shop.server.connect(token)))
    assert.ok((await ask(his, 'consult:accept', { consult })).ok)
    const told = []
    hers.on('notification:new', ({ notification }) => told.push(notification.kind))
    const ends = next(hers, 'appointment:changed', (e) => e.appointment.id === appointment.id && e.appointment.status === 'cancelled_by_clinic')
    const referral = { consult, reason: '需要当面检查', advice: '请立即去最近的急诊' }
    assert.equal((await ask(hers, 'consult:refer', referral)).error.code, 'forbidden')
    const referred = await ask(his, 'consult:refer', referral)
    assert.equal(referred.consult.state, 'referred_offline')
    assert.ok((await ask(his, 'consult:refer', referral)).ok, 'a retry changes nothing')
    await ends
    const refunded = await shop.settled(appointment.id, 'refunded')
    assert.deepEqual([refunded.refunded.amount, lines(refunded)], [amount.amount, [amount.amount, -amount.amount]])
    assert.ok((await ask(hers, 'consult:join', { consult })).ok)        // asked after it: what was to be told has been
    assert.deepEqual(told.filter((kind) => /^(appointment|consult)-/.test(kind)), ['consult-referred'])
    for (const socket of [his, hers]) socket.close()
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
    await shop.pay(id, 'pay', { delaySeconds: 1 })
    await shop.ask('POST', `${at}/${id}/cancel`)
    assert.deepEqual([(await shop.payment(id)).state, (await shop.payment(id)).checkoutUrl], ['closed', null])
    await shop.settled(id, 'refunded')
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

  test('the hold is over and nobody has paid: the provider is asked, and the order is closed', async () => {
    const { id } = await shop.order()
    await shop.settled(id, 'closed')
    assert.equal((await shop.appointment(id)).status, 'expired')
  })

  test('paid in time and never told: found when the hold is over, and booked', async () => {
    const startAt = shop.starts.shift()
    const { id } = await shop.order(shop.patient2, startAt)
    await shop.pay(id, 'silent', { who: shop.patient2 })
    await shop.settled(id, 'paid', shop.patient2)
    const { items } = await shop.ask('GET', `${at}?status=booked&limit=100`, { who: shop.patient2 })
    assert.equal(items.filter((one) => one.startAt === startAt).length, 1)
  })

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
    const { items: bell } = await shop.ask('GET', '/api/v1/me/notifications')
    const { alternatives } = bell.find((one) => one.kind === 'payment-late' && one.object === id)
    assert.deepEqual(alternatives.map((one) => [one.doctor, one.service]), Array(3).fill([shop.doctor1.user.id, shop.service.id]))
    assert.ok(alternatives.every((one) => one.start !== startAt))
  })
})

describe('when no webhook comes', () => {
  let shop
  before(async () => { shop = await Shop.open(['--payment-ask-s', '1']) })
  after(() => shop?.server.stop())

  test('the provider is asked: paid, given back, and the books agree', async () => {
    const { id } = await shop.order()
    await shop.pay(id, 'silent')
    assert.equal((await shop.settled(id, 'paid')).lines.length, 1)
    assert.equal((await shop.appointment(id)).status, 'booked')
    await shop.ask('POST', `${at}/${id}/cancel`, { who: shop.doctor1, body: { reason: '停诊' } })
    assert.equal((await shop.settled(id, 'refunded')).lines.length, 2)
    assert.deepEqual(await shop.reconcile(), { status: 0, text: '0 differences\n' })
  })

  test('paid after a failure was told: it is asked about, and booked', async () => {
    const { id } = await shop.order()
    const { checkoutUrl } = await shop.payment(id)
    const does = (action) => shop.ask('POST', checkoutUrl, { who: null, body: { action } })
    await does('fail')
    await shop.settled(id, 'failed')
    await does('silent')
    assert.equal((await shop.settled(id, 'paid')).lines.length, 1)
    assert.equal((await shop.appointment(id)).status, 'booked')
  })

  test('killed before it was asked: it is asked after the restart', async () => {
    const { id } = await shop.order(shop.patient2)
    await shop.pay(id, 'silent', { who: shop.patient2 })
    await shop.server.kill()
    await shop.server.run()
    await shop.settled(id, 'paid', shop.patient2)
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
