// contract_appointments.mjs - booking and what follows: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { next } from './server.mjs'
import { valid } from './contract.mjs'

let made = 0
export const key = () => ({ 'Idempotency-Key': `e2e-key-${process.pid}-${made++}` })
const at = '/api/v1/appointments'

export function appointmentTests(world) {
  // Free times of doctor1 for a service, some days ahead, so that cases do not meet.
  const free = async (day, match = (s) => s.fee.amount === 0 && !s.isOnRequest) => {
    const { call, patient, doctor } = world()
    const service = (await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })).items.find(match)
    const from = new Date(Date.now() + day * 86_400_000).toISOString().replace(/\.\d+/, '')
    const { items } = await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service.id}&from=${from}`, { token: patient.token })
    return { service: service.id, starts: items.map((s) => s.startAt) }
  }
  const hold = async (service, startAt, want = 201) => {
    const { call, patient, doctor } = world()
    return call(want, 'POST', at, { token: patient.token, headers: key(), body: { doctor: doctor.user.id, service, startAt } })
  }
  const book = async (service, startAt) => {
    const { call, patient } = world()
    const { appointment } = await hold(service, startAt)
    return (await call(200, 'POST', `${at}/${appointment.id}/confirm`, { token: patient.token })).appointment
  }

  test('a time is held, confirmed, moved and cancelled', async () => {
    const { server, call, patient, doctor } = world()
    const { service, starts } = await free(3)
    const socket = await server.connect(doctor.token)
    const told = next(socket, 'appointment:changed')
    const { appointment: held } = await hold(service, starts[0])
    assert.equal(held.status, 'held')
    const event = await told
    valid('/components/schemas/AppointmentAnswer', event, 'appointment:changed')
    assert.deepEqual(event.appointment, held)
    socket.close()
    const busy = await hold(service, starts[0], 409)
    assert.deepEqual([busy.code, busy.why, busy.slots.length], ['doctor-busy', 'booked', 3])
    const { appointment: booked } = await call(200, 'POST', `${at}/${held.id}/confirm`, { token: patient.token })
    assert.deepEqual([booked.status, booked.version, booked.holdExpiresAt], ['booked', 1, undefined])
    await call(409, 'POST', `${at}/${held.id}/confirm`, { token: patient.token })
    const again = { token: patient.token, headers: key(), body: { startAt: starts[4], reason: '有事' } }
    const { appointment: moved } = await call(201, 'POST', `${at}/${held.id}/reschedule`, again)
    assert.deepEqual((await call(201, 'POST', `${at}/${held.id}/reschedule`, again)).appointment, moved, 'a retry gets the first answer')
    assert.deepEqual([moved.series, moved.rescheduledFrom, moved.startAt], [booked.series, booked.id, starts[4]])
    await call(422, 'POST', `${at}/${held.id}/reschedule`, { ...again, body: { startAt: starts[5] } })
    const detail = await call(200, 'GET', `${at}/${held.id}`, { token: doctor.token })
    assert.deepEqual(detail.history.map((h) => h.to), ['held', 'booked', 'rescheduled'])
    assert.equal((await call(200, 'GET', `${at}/${moved.id}/cancellation`, { token: patient.token })).percent, 100)
    const { appointment: gone } = await call(200, 'POST', `${at}/${moved.id}/cancel`, { token: patient.token })
    assert.equal(gone.status, 'cancelled_by_patient')
  })

  test('the clinic books at once, overbooks, and cancels with a reason', async () => {
    const { call, patient, doctor, admin } = world()
    const { service, starts } = await free(4)
    const mine = await book(service, starts[0])
    const body = { doctor: doctor.user.id, service, startAt: starts[0], patient: mine.patient.id }
    await call(400, 'POST', at, { token: admin.token, headers: key(), body: { ...body, patient: undefined } })
    await call(400, 'POST', at, { token: admin.token, body })
    await call(409, 'POST', at, { token: admin.token, headers: key(), body })
    await call(403, 'POST', at, { token: patient.token, headers: key(), body: { ...body, overbook: true } })
    const { appointment } = await call(201, 'POST', at, { token: admin.token, headers: key(), body: { ...body, overbook: true } })
    assert.deepEqual([appointment.status, appointment.isOverbooked], ['booked', true])
    await call(400, 'POST', `${at}/${mine.id}/cancel`, { token: doctor.token })
    await call(200, 'POST', `${at}/${mine.id}/cancel`, { token: doctor.token, body: { reason: '停诊' } })
    await call(409, 'POST', `${at}/${mine.id}/cancel`, { token: doctor.token, body: { reason: '停诊' } })
    await call(403, 'POST', `${at}/${appointment.id}/void`, { token: doctor.token, body: { reason: 'x' } })
    await call(200, 'POST', `${at}/${appointment.id}/void`, { token: admin.token, body: { reason: '重复录入' } })
    await call(409, 'POST', at, { token: admin.token, headers: key(), body: { ...body, startAt: '2020-01-01T00:00:00Z', overbook: true } })
  })

  test('a request is approved or rejected', async () => {
    const { call, patient, doctor } = world()
    const { service, starts } = await free(5, (s) => s.isOnRequest)
    const one = await book(service, starts[0])
    const two = await book(service, starts[3])
    assert.equal(one.status, 'requested')
    await call(403, 'POST', `${at}/${one.id}/approve`, { token: patient.token })
    assert.equal((await call(200, 'POST', `${at}/${one.id}/approve`, { token: doctor.token })).appointment.status, 'booked')
    await call(409, 'POST', `${at}/${one.id}/approve`, { token: doctor.token })
    await call(400, 'POST', `${at}/${two.id}/reject`, { token: doctor.token })
    assert.equal((await call(200, 'POST', `${at}/${two.id}/reject`, { token: doctor.token, body: { reason: '请到线下门诊' } })).appointment.status, 'rejected')
    await call(200, 'POST', `${at}/${one.id}/cancel`, { token: patient.token })
  })

  test('who comes too early, and who does not come', async () => {
    const { call, patient, doctor, admin } = world()
    const { service, starts } = await free(6)
    const mine = await book(service, starts[0])
    await call(409, 'POST', `${at}/${mine.id}/check-in`, { token: patient.token })
    await call(403, 'POST', `${at}/${mine.id}/check-in`, { token: doctor.token })
    await call(403, 'POST', `${at}/${mine.id}/no-show`, { token: patient.token })
    await call(409, 'POST', `${at}/${mine.id}/no-show`, { token: doctor.token })
    await call(409, 'POST', `${at}/${mine.id}/dispute`, { token: patient.token, body: { reason: '网络中断' } })
    await call(403, 'POST', `${at}/${mine.id}/dispute/decide`, { token: doctor.token, body: { decision: 'kept' } })
    await call(409, 'POST', `${at}/${mine.id}/dispute/decide`, { token: admin.token, body: { decision: 'waived' } })
    const read = await world().server.call('GET', `${at}/${mine.id}`, { token: patient.token })
    assert.equal(read.headers.get('etag'), `"${mine.version}"`)
    await call(412, 'POST', `${at}/${mine.id}/cancel`, { token: patient.token, headers: { 'If-Match': '"0"' } })
    await call(400, 'POST', `${at}/${mine.id}/cancel`, { token: patient.token, headers: { 'If-Match': 'W/"1"' } })
    await call(200, 'POST', `${at}/${mine.id}/cancel`, { token: patient.token, headers: { 'If-Match': `"${mine.version}"` } })
  })

  test('appointments are listed for whom they concern, and nobody else', async () => {
    const { server, call, patient, doctor, admin } = world()
    const other = await server.login('patient2')
    const strip = ({ requestId, ...rest }) => rest
    const { service, starts } = await free(7)
    const mine = await book(service, starts[0])
    const all = await call(200, 'GET', `${at}?limit=2`, { token: patient.token })
    await call(200, 'GET', `${at}?limit=2&cursor=${all.nextCursor}`, { token: patient.token })
    await call(400, 'GET', `${at}?cursor=x`, { token: patient.token })
    for (const { token } of [patient, doctor, admin]) {
      const { items } = await call(200, 'GET', `${at}?status=booked&limit=100`, { token })
      assert.ok(items.some((one) => one.id === mine.id))
    }
    assert.ok((await call(200, 'GET', at, { token: other.token })).items.every((one) => one.id !== mine.id))
    for (const [method, tail, body] of [['GET', ''], ['GET', '/cancellation'], ['POST', '/cancel'], ['POST', '/confirm'], ['POST', '/approve'],
      ['POST', '/reject', { reason: 'x' }], ['POST', '/check-in'], ['POST', '/no-show'], ['POST', '/dispute', { reason: 'x' }], ['POST', '/dispute/decide', { decision: 'kept' }],
      ['POST', '/void', { reason: 'x' }], ['POST', '/reschedule', { startAt: starts[1] }]]) {
      const headers = key()
      const foreign = await call(404, method, `${at}/${mine.id}${tail}`, { token: other.token, body, headers })
      const missing = await call(404, method, `${at}/apt_0000000000000000000000${tail}`, { token: other.token, body, headers })
      assert.deepEqual(strip(foreign), strip(missing))
      await call(401, method, `${at}/${mine.id}${tail}`, { body, headers })
    }
  })
}
