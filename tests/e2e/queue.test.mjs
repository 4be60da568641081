// queue.test.mjs - the waiting room over the wire: three wait for one doctor, and nobody polls.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { live } from './contract.mjs'
import { ask, clientId, next, Server, until } from './server.mjs'

describe('the waiting room', () => {
  let server, doctor, desk, patients
  before(async () => {
    server = await Server.start(['--presence-grace-ms', '50', '--pause-after-s', '1'])
    doctor = await server.login('doctor1')
    desk = await server.login('desk')
    patients = []
    for (const name of ['候诊甲', '候诊乙', '候诊丙']) {
      const { status, body, text } = await server.call('POST', '/api/v1/auth/register', {
        body: { login: `q-${patients.length}-${Date.now()}`, password: 'long enough 12', name } })
      assert.equal(status, 201, text)
      patients.push(body)
    }
  })
  after(() => server?.stop())

  const places = (of) => server.call('GET', `/api/v1/consultations/${of.consult}/queue`, { token: of.token }).then((r) => r.body)

  test('accept: the others hear their new place, the doctor and his desk that the board has changed', async () => {
    for (const one of patients) {
      one.token = one.accessToken ?? one.token
      one.socket = await server.connect(one.token)
      const { body } = await server.call('POST', '/api/v1/consultations', { token: one.token,
        body: { doctor: doctor.user.id, text: '医生在吗', clientId: clientId() } })
      one.consult = body.consult.id
    }
    const first = (await places(patients[0])).place
    assert.deepEqual([(await places(patients[1])).place, (await places(patients[2])).place], [first + 1, first + 2])
    const [his, hers] = await Promise.all([server.connect(doctor.token), server.connect(desk.token)])
    const strangers = await server.connect((await server.login('patient2')).token)
    let leaked = false
    strangers.on('queue:changed', (event) => { leaked ||= patients.some((one) => one.consult === event.consult) || 'doctor' in event })
    const moved = patients.slice(1).map((one, i) => next(one.socket, 'queue:changed', (e) => e.place === first + i && e.doctorState === 'here'))
    const boards = [his, hers].map((socket) => next(socket, 'queue:changed', (e) => e.doctor === doctor.user.id))
    assert.ok((await ask(his, 'consult:accept', { consult: patients[0].consult })).ok)
    for (const [i, event] of (await Promise.all(moved)).entries()) {
      live('QueueChanged', event, 'queue:changed')
      assert.equal(event.consult, patients[i + 1].consult)
    }
    for (const event of await Promise.all(boards)) live('QueueChanged', event, 'queue:changed')
    assert.equal((await places(patients[0])).place, 0)
    assert.equal(leaked, false)
    for (const socket of [hers, strangers]) socket.close()
    patients.doctorSocket = his
  })

  // Booked by the desk, five minutes ahead; the patient is in the waiting room.
  const visit = async (patient) => {
    const [{ id }] = (await server.call('GET', '/api/v1/me/patients', { token: patient.token })).body.items
    const { items } = (await server.call('GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: desk.token })).body
    const body = { doctor: doctor.user.id, service: items.find((s) => s.mode === 'video').id, patient: id, overbook: true,
      startAt: new Date(Date.now() + 300_000).toISOString().replace(/\.\d+/, '') }
    const booked = await server.call('POST', '/api/v1/appointments', { token: desk.token, body, headers: { 'Idempotency-Key': 'queue-visit' } })
    assert.equal(booked.status, 201, booked.text)
    const checkedIn = await server.call('POST', `/api/v1/appointments/${booked.body.appointment.id}/check-in`, { token: patient.token })
    assert.equal(checkedIn.status, 200, checkedIn.text)
    return checkedIn.body.appointment
  }

  test('both sides lose their sockets: a video consult pauses, and goes on when one of them is back', async () => {
    const patient = await server.login('patient1')
    const { id, consult } = await visit(patient)
    const states = async () => [(await server.call('GET', `/api/v1/consultations/${consult}`, { token: doctor.token })).body.consult.state,
      (await server.call('GET', `/api/v1/appointments/${id}`, { token: doctor.token })).body.appointment.status]
    const come = async ({ token }) => {
      const socket = await server.connect(token, { reconnection: false, transports: ['websocket'] })
      assert.ok((await ask(socket, 'consult:join', { consult })).ok)
      return socket
    }
    const [his, hers] = [await come(doctor), await come(patient)]
    assert.ok((await ask(his, 'consult:accept', { consult })).ok)
    const lost = Promise.all([his, hers].map((socket) => new Promise((done) => socket.once('disconnect', done))))
    for (const socket of [his, hers]) socket.io.engine.transport.ws.terminate()     // no word of goodbye
    await lost
    await until(async () => (await states())[0] === 'paused', 'the consult to pause')
    assert.deepEqual(await states(), ['paused', 'in_consult'], 'the time stays taken')
    const elsewhere = await server.connect(doctor.token)
    const resumed = next(elsewhere, 'consult:changed', (e) => e.consult.id === consult && e.consult.state === 'active')
    const back = await come(patient)
    await resumed
    assert.deepEqual(await states(), ['active', 'in_consult'])
    assert.ok((await ask(elsewhere, 'consult:finish', { consult })).ok)
    for (const socket of [elsewhere, back]) socket.close()
  })

  test('a lost connection, a kill and a return change neither place nor state', async () => {
    const before = await places(patients[1])
    const version = async () => (await server.call('GET', `/api/v1/consultations/${patients[0].consult}`, { token: doctor.token })).body.consult
    const was = await version()
    patients[1].socket.io.engine.close()
    await next(patients[1].socket, 'connect')
    patients[1].socket.close()
    patients.doctorSocket.close()
    await until(async () => (await places(patients[1])).doctorState === 'away', 'the doctor to be away')
    await server.kill('SIGKILL')
    await server.run()
    assert.deepEqual(await version(), was, 'both are gone, and a text consult is as it was')
    const now = await places(patients[1])
    assert.deepEqual([now.place, now.ahead], [before.place, before.ahead])
    await until(() => patients[2].socket.connected, 'the one who waits to be back')
    const told = next(patients[2].socket, 'queue:changed', (e) => e.doctorState === 'here')
    patients.doctorSocket = await server.connect(doctor.token)
    assert.equal((await told).place, before.place + 1, 'who waits hears that the doctor is there')
    for (const one of patients) one.socket.close()
    patients.doctorSocket.close()
  })
})
