// visit.test.mjs - from a booking to the end of the consult, both sides live.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { live, valid } from './contract.mjs'
import { questions } from './contract_forms.mjs'
import { ask, clientId, next, Server } from './server.mjs'

let server
before(async () => { server = await Server.start() })
after(() => server?.stop())

// He books and says why; the desk moves it nearer, to check in at once. His reason goes with the move.
test('check in, be admitted, talk, finish: the appointment follows', async () => {
  const patient = await server.login('patient1')
  const doctor = await server.login('doctor1')
  const desk = await server.login('desk')
  const [hers, his] = await Promise.all([server.connect(patient.token), server.connect(doctor.token)])
  const { body: offers } = await server.call('GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })
  const service = offers.items.find((s) => s.fee.amount === 0 && !s.isOnRequest).id
  const { body: free } = await server.call('GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service}`, { token: patient.token })
  const hold = (reason, key) => server.call('POST', '/api/v1/appointments', { token: patient.token,
    headers: { 'Idempotency-Key': key }, body: { doctor: doctor.user.id, service, startAt: free.items.at(-1).startAt, reason } })
  assert.equal((await hold('长'.repeat(501), 'visit-key-0')).status, 413)
  const { appointment: soon } = (await hold('胸闷两天', 'visit-key-2')).body
  assert.equal(soon.reason, '胸闷两天')
  await server.call('POST', `/api/v1/appointments/${soon.id}/confirm`, { token: patient.token })
  // The form goes along with the move, too, and is a card of his when he checks in.
  const form = await server.call('PUT', `/api/v1/services/${service}/form`, { token: desk.token, body: { questions }, headers: { 'If-Match': '"0"' } })
  assert.equal(form.status, 200, form.text)
  const filled = await server.call('PUT', `/api/v1/appointments/${soon.id}/form`, { token: patient.token, body: { formVersion: 1, answers: { fever: 'no' } } })
  assert.equal(filled.status, 200, filled.text)
  const startAt = new Date(Date.now() + 300_000).toISOString().replace(/\.\d+/, '')
  const moved = await server.call('POST', `/api/v1/appointments/${soon.id}/reschedule`, { token: desk.token,
    headers: { 'Idempotency-Key': 'visit-key-1' }, body: { startAt, overbook: true, reason: '提前' } })
  assert.equal(moved.status, 201, moved.text)
  const { appointment } = moved.body
  assert.equal(appointment.series, soon.series)

  const rings = next(his, 'notification:new', ({ notification }) => notification.kind === 'patient-waiting')
  const waits = next(his, 'consult:changed', ({ consult }) => consult.appointment === appointment.id)
  const checkedIn = await server.call('POST', `/api/v1/appointments/${appointment.id}/check-in`, { token: patient.token })
  assert.equal(checkedIn.status, 200, checkedIn.text)
  const { consult } = await waits
  valid('/components/schemas/NotificationNew', await rings, 'notification:new')
  valid('/components/schemas/Consult', consult, 'consult:changed')
  assert.deepEqual([consult.state, consult.id], ['open', checkedIn.body.appointment.consult])
  const said = (await server.call('GET', `/api/v1/consultations/${consult.id}/messages`, { token: doctor.token })).body.items
  assert.deepEqual(said.map((m) => [m.seq, m.text, m.sender.id]), [[1, '胸闷两天', patient.user.id], [2, undefined, patient.user.id]])
  assert.deepEqual(said[1].card, { type: 'form', appointment: appointment.id })
  assert.deepEqual((await server.call('GET', `/api/v1/appointments/${appointment.id}/form`, { token: doctor.token })).body.answers, { fever: 'no' })
  const { items } = (await server.call('GET', `/api/v1/doctors/${doctor.user.id}/board`, { token: doctor.token })).body
  assert.equal(items.find((i) => i.consult === consult.id).reason, '胸闷两天')

  const follows = (status) => next(hers, 'appointment:changed', (e) => e.appointment.id === appointment.id && e.appointment.status === status)
  assert.ok((await ask(hers, 'consult:join', { consult: consult.id })).ok)
  const admitted = follows('in_consult')
  assert.ok((await ask(his, 'consult:accept', { consult: consult.id })).ok)
  valid('/components/schemas/AppointmentAnswer', await admitted, 'appointment:changed')
  const heard = next(his, 'unread:changed')
  assert.ok((await ask(hers, 'message:send', { consult: consult.id, clientId: clientId(), kind: 'text', text: '医生好' })).ok)
  await heard
  const done = follows('fulfilled')
  assert.ok((await ask(his, 'consult:finish', { consult: consult.id })).ok)
  await done
  const { history } = (await server.call('GET', `/api/v1/appointments/${appointment.id}`, { token: patient.token })).body
  assert.deepEqual(history.map((h) => h.to), ['booked', 'checked_in', 'in_consult', 'fulfilled'])
  hers.close()
  his.close()
})

// The old doctor is out of the room in the same breath; the new one hears what is said from then on.
test('handed over: the colleague has the consult, and who had it hears nothing more', async () => {
  const [patient, doctor, colleague] = await Promise.all(['patient2', 'doctor1', 'doctor2'].map((who) => server.login(who)))
  const [hers, his, theirs] = await Promise.all([patient, doctor, colleague].map(({ token }) => server.connect(token)))
  const { consult } = (await server.call('POST', '/api/v1/consultations',
    { token: patient.token, body: { doctor: doctor.user.id, text: '心慌', clientId: clientId() } })).body
  const about = { consult: consult.id }
  for (const socket of [hers, his]) assert.ok((await ask(socket, 'consult:join', about)).ok)
  assert.ok((await ask(his, 'consult:accept', about)).ok)
  const at = `/api/v1/consultations/${consult.id}/transfer`
  const offered = next(theirs, 'consult:transfer')
  await server.call('POST', at, { token: doctor.token, body: { doctor: colleague.user.id, reason: '需要心内科意见' } })
  live('TransferChanged', await offered, 'consult:transfer')
  assert.equal((await offered).transfer.from.id, doctor.user.id)
  assert.equal((await ask(theirs, 'consult:join', about)).error.code, 'not-found')

  const told = [next(his, 'consult:transfer', (e) => e.outcome === 'accepted'),
    next(his, 'queue:changed', (e) => e.doctor === doctor.user.id), next(theirs, 'queue:changed', (e) => e.doctor === colleague.user.id),
    next(hers, 'consult:changed', (e) => e.consult.doctor.id === colleague.user.id),
    next(hers, 'message:new', (m) => m.kind === 'system' && m.text === 'consult-transferred')]
  const heard = []
  his.on('message:new', (message) => heard.push(message.text))
  assert.equal((await server.call('POST', `${at}/accept`, { token: colleague.token })).status, 200)
  const [accepted] = await Promise.all(told)
  live('TransferChanged', accepted, 'consult:transfer')
  assert.ok((await ask(theirs, 'consult:join', about)).ok)
  const reaches = next(theirs, 'message:new', (m) => m.text === '医生好')
  assert.ok((await ask(hers, 'message:send', { ...about, clientId: clientId(), kind: 'text', text: '医生好' })).ok)
  await reaches
  assert.equal((await ask(his, 'consult:join', about)).error.code, 'not-found')   // asked after it: what was to come has come
  assert.deepEqual(heard, [])
  assert.ok((await ask(theirs, 'consult:finish', about)).ok)
  for (const socket of [hers, his, theirs]) socket.close()
})
