// booking.test.mjs - many at once: one gets the slot, the others the nearest; nobody ends with nothing.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Server } from './server.mjs'

const PATIENTS = 50
const TRIES = 1000
let made = 0
const key = () => ({ 'Idempotency-Key': `booking-${process.pid}-${made++}` })
const at = '/api/v1/appointments'

describe('booking', () => {
  let server, patients, doctor, service, starts
  before(async () => {
    server = await Server.start()
    doctor = await server.login('doctor1')
    patients = []
    for (let i = 0; i < PATIENTS; i++) patients.push(await server.register(`patient.${i}`, `病人 ${i}`))
    const services = await server.call('GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: doctor.token })
    service = services.body.items.find((s) => s.fee.amount === 0 && !s.isOnRequest).id
    const from = new Date(Date.now() + 10 * 86_400_000).toISOString().replace(/\.\d+/, '')
    starts = (await server.call('GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service}&from=${from}`,
      { token: doctor.token })).body.items.map((s) => s.startAt)
  })
  after(() => server?.stop())

  const hold = ({ token }, startAt, headers = key()) => server.call('POST', at,
    { token, headers, body: { doctor: doctor.user.id, service, startAt } })
  const book = async (patient, startAt) => {
    const { body, status } = await hold(patient, startAt)
    assert.equal(status, 201, JSON.stringify(body))
    assert.equal((await server.call('POST', `${at}/${body.appointment.id}/confirm`, { token: patient.token })).status, 200)
    return body.appointment.id
  }

  test(`${TRIES} want the same time: one gets it, the others hear what is free`, async () => {
    const answers = await Promise.all(Array.from({ length: TRIES }, (_, i) => hold(patients[i % PATIENTS], starts[0])))
    const count = (status) => answers.filter((a) => a.status === status).length
    assert.deepEqual([count(201), count(409)], [1, TRIES - 1])
    for (const { body } of answers.filter((a) => a.status === 409)) {
      assert.equal(body.code, 'doctor-busy')
      assert.equal(body.slots.length, 3)
      assert.ok(body.slots.every((s) => s.startAt !== starts[0]))
    }
  })

  test('the same request, many times at once, is one appointment', async () => {
    const headers = key()
    const answers = await Promise.all(Array.from({ length: 50 }, () => hold(patients[1], starts[2], headers)))
    assert.ok(answers.every((a) => a.status === 201))
    assert.equal(new Set(answers.map((a) => a.text)).size, 1)
  })

  test('two moves at once: one appointment remains, at one of the times', async () => {
    const id = await book(patients[2], starts[5])
    const moves = await Promise.all([starts[7], starts[9]].map((startAt) => server.call('POST', `${at}/${id}/reschedule`,
      { token: patients[2].token, headers: key(), body: { startAt } })))
    assert.deepEqual(moves.map((m) => m.status).sort(), [201, 409])
    const { body } = await server.call('GET', `${at}?status=booked`, { token: patients[2].token })
    assert.equal(body.items.length, 1)
    assert.equal(body.items[0].id, moves.find((m) => m.status === 201).body.appointment.id)
  })

  test('two move to one time: one goes, the other stays where it was', async () => {
    const ids = [await book(patients[3], starts[11]), await book(patients[4], starts[13])]
    const moves = await Promise.all(ids.map((id, i) => server.call('POST', `${at}/${id}/reschedule`,
      { token: patients[3 + i].token, headers: key(), body: { startAt: starts[15] } })))
    assert.deepEqual(moves.map((m) => m.status).sort(), [201, 409])
    const stays = moves.findIndex((m) => m.status === 409)
    assert.equal((await server.call('GET', `${at}/${ids[stays]}`, { token: doctor.token })).body.appointment.status, 'booked')
  })

  test('a kill -9 loses no appointment that was answered', async () => {
    const id = await book(patients[5], starts[17])
    await server.kill()
    await server.run()
    const token = (await server.login('doctor1')).token
    assert.equal((await server.call('GET', `${at}/${id}`, { token })).body.appointment.status, 'booked')
  })
})
