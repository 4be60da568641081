// contract_payments.mjs - money and its sandbox: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'
import { SECRET, signed } from './payment.mjs'
import { until } from './server.mjs'

export { SECRET }
const at = '/api/v1/appointments'

export function paymentTests(world) {
  test('a fee is paid, shown, and given back', async () => {
    const { call, patient, doctor, admin, server } = world()
    const token = patient.token
    const service = (await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token })).items.find((s) => s.fee.amount > 0)
    const from = new Date(Date.now() + 8 * 86_400_000).toISOString().replace(/\.\d+/, '')
    const { items } = await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service.id}&from=${from}`, { token })
    const { appointment: { id } } = await call(201, 'POST', at, { token, headers: key(),
      body: { doctor: doctor.user.id, service: service.id, startAt: items[0].startAt } })
    const path = `${at}/${id}/payment`
    await call(404, 'GET', path, { token })
    await call(409, 'POST', path, { token })
    await call(200, 'POST', `${at}/${id}/confirm`, { token })
    await call(403, 'POST', path, { token: doctor.token })
    await call(401, 'GET', path)
    const { checkoutUrl } = await call(200, 'POST', path, { token })
    await call(200, 'GET', checkoutUrl)
    await call(404, 'GET', checkoutUrl.replace('pay_', 'pay_x'))
    await call(200, 'GET', '/sandbox/checkout.js')
    await call(200, 'GET', '/sandbox/checkout.css')
    await call(400, 'POST', checkoutUrl, { body: { action: 'steal' } })
    await call(404, 'POST', checkoutUrl.replace('pay_', 'pay_x'), { body: { action: 'pay' } })
    await call(200, 'POST', checkoutUrl, { body: { action: 'pay' } })
    await call(409, 'POST', checkoutUrl, { body: { action: 'pay' } })
    const state = (want) => until(async () => (await call(200, 'GET', path, { token: doctor.token })).state === want, `the payment to be ${want}`)
    await state('paid')
    const list = (who, more = '') => call(200, 'GET', `/api/v1/admin/payments?state=paid${more}`, { token: who.token })
    const paid = (await list(admin)).items.find(({ appointment }) => appointment.id === id)
    assert.deepEqual([paid.amount.amount, paid.refunded.amount, paid.appointment.status], [service.fee.amount, 0, 'booked'])
    assert.deepEqual((await list(admin, `&cursor=${paid.id}`)).items.filter((one) => one.id === paid.id), [])
    await call(400, 'GET', '/api/v1/admin/payments?cursor=ord_none', { token: admin.token })
    await call(403, 'GET', '/api/v1/admin/payments', { token })
    await call(401, 'GET', '/api/v1/admin/payments')
    await call(200, 'POST', `${at}/${id}/cancel`, { token: doctor.token, body: { reason: '停诊' } })
    await state('refunded')
    assert.equal((await server.call('GET', path, { token: (await server.login('patient2')).token })).status, 404)
  })

  test('who is not the provider moves no money', async () => {
    const { call } = world()
    const hook = '/api/v1/payments/webhooks/sandbox', body = JSON.stringify({ id: 'evt_1', type: 'no.such', data: {} })
    await call(401, 'POST', hook, { body })
    await call(401, 'POST', hook, { body, headers: signed(body, { secret: 'x' }) })
    await call(200, 'POST', hook, { body, headers: signed(body) })
    await call(404, 'POST', '/api/v1/payments/webhooks/other', { body, headers: signed(body) })
    await call(400, 'POST', hook, { body: '{}', headers: signed('{}') })
    const long = JSON.stringify({ id: 'evt_2', type: 'x'.repeat(70_000), data: {} })
    await call(413, 'POST', hook, { body: long, headers: signed(long) })
    const refund = JSON.stringify({ refund: 'rfd_none', session: 'pay_none', amount: 1, currency: 'CNY' })
    await call(401, 'POST', '/sandbox/refunds', { body: refund })
    assert.deepEqual(await call(200, 'POST', '/sandbox/refunds', { body: refund, headers: signed(refund) }), { state: 'failed' })
    const query = JSON.stringify({ session: 'pay_none' })
    await call(401, 'POST', '/sandbox/queries', { body: query })
    assert.deepEqual(await call(200, 'POST', '/sandbox/queries', { body: query, headers: signed(query) }),
      { charges: [], refunds: [{ refund: 'rfd_none', state: 'failed' }] })
  })
}
