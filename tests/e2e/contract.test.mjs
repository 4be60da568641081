// contract.test.mjs - every route answers as openapi.json says, in success and in failure.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { appointmentTests } from './contract_appointments.mjs'
import { caller, covered, document, valid } from './contract.mjs'
import { paymentTests, SECRET } from './contract_payments.mjs'
import { leaveTests } from './contract_leave.mjs'
import { feedTests } from './contract_feed.mjs'
import { callTests } from './contract_calls.mjs'
import { prescriptionTests } from './contract_prescriptions.mjs'
import { transferTests } from './contract_transfer.mjs'
import { privacyTests } from './contract_privacy.mjs'
import { fileTests } from './contract_files.mjs'
import { consentTests } from './contract_consents.mjs'
import { adminTests } from './contract_admin.mjs'
import { formTests } from './contract_forms.mjs'
import { recordTests } from './contract_record.mjs'
import { scheduleTests } from './contract_schedule.mjs'
import { ask, clientId, Server, PASSWORD } from './server.mjs'

describe('REST as described', () => {
  let server, patient, doctor, admin, consult
  before(async () => {
    server = await Server.start(['--payment-provider', 'sandbox', '--payment-secret', SECRET])
    patient = await server.login('patient1')
    doctor = await server.login('doctor1')
    admin = await server.login('admin')
  })
  after(() => server?.stop())

  const call = (...rest) => caller(server)(...rest)

  test('health and documents', async () => {
    await call(200, 'GET', '/healthz')
    await call(200, 'GET', '/readyz')
    assert.deepEqual(await call(200, 'GET', '/api/openapi.json'), document)
    await call(200, 'GET', '/api/asyncapi.json')
    await call(200, 'GET', '/.well-known/jwks.json')
  })

  test('auth', async () => {
    await call(201, 'POST', '/api/v1/auth/register', { body: { login: 'new.one', password: 'long enough', name: 'New', locale: 'en' } })
    await call(409, 'POST', '/api/v1/auth/register', { body: { login: 'new.one', password: 'long enough', name: 'New' } })
    await call(400, 'POST', '/api/v1/auth/register', { body: { login: 'UPPER', password: 'long enough', name: 'New' } })
    await call(400, 'POST', '/api/v1/auth/register', { body: { login: 'other', password: 'short', name: 'New' } })
    await call(200, 'POST', '/api/v1/auth/login', { body: { login: 'PATIENT1', password: PASSWORD } })
    await call(401, 'POST', '/api/v1/auth/login', { body: { login: 'patient1', password: 'not the one' } })
    const headers = { Cookie: doctor.cookie, 'X-Requested-With': 'e2e' }
    await call(200, 'POST', '/api/v1/auth/refresh', { headers })
    await call(401, 'POST', '/api/v1/auth/refresh', { headers: { 'X-Requested-With': 'e2e' } })
    await call(204, 'POST', '/api/v1/auth/logout', { headers: { 'X-Requested-With': 'e2e' } })
    assert.deepEqual(await call(200, 'GET', '/api/v1/auth/methods'), { local: true, issuers: [] })
    await call(401, 'POST', '/api/v1/auth/exchange', { body: { token: doctor.token } })
    await call(302, 'GET', '/api/v1/auth/oidc/start?issuer=none')
    await call(302, 'GET', '/api/v1/auth/oidc/callback?code=x&state=y')
    await call(400, 'POST', '/api/v1/auth/oidc/backchannel-logout', { body: 'logout_token=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
    await call(404, 'POST', '/api/v1/me/identities', { token: doctor.token, body: { purpose: 'link', issuer: 'none' } })
  })

  test('me and doctors', async () => {
    assert.equal((await call(200, 'GET', '/api/v1/me', { token: admin.token })).user.clinic.id.slice(0, 4), 'cln_')
    await call(401, 'GET', '/api/v1/me')
    await call(401, 'GET', '/api/v1/me', { token: 'a.b.c' })
    const first = await call(200, 'GET', '/api/v1/doctors?limit=1', { token: patient.token })
    assert.equal(first.items.length, 1)
    const second = await call(200, 'GET', `/api/v1/doctors?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`, { token: patient.token })
    assert.notEqual(second.items[0].id, first.items[0].id)
    assert.equal(second.nextCursor, null)
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=%00', 'cursor=nonsense', 'what=1', 'limit=1&limit=2']) {
      await call(400, 'GET', `/api/v1/doctors?${query}`, { token: patient.token })
    }
  })

  test('consultations', async () => {
    const body = { doctor: doctor.user.id, text: '你好', clientId: clientId() }
    const started = await call(201, 'POST', '/api/v1/consultations', { token: patient.token, body })
    consult = started.consult.id
    assert.deepEqual(await call(201, 'POST', '/api/v1/consultations', { token: patient.token, body }), started)
    await call(403, 'POST', '/api/v1/consultations', { token: doctor.token, body })
    await call(404, 'POST', '/api/v1/consultations', { token: patient.token, body: { ...body, doctor: 'usr_nobody', clientId: clientId() } })
    await call(413, 'POST', '/api/v1/consultations', { token: patient.token, body: { ...body, text: 'x'.repeat(4001), clientId: clientId() } })
    await call(400, 'POST', '/api/v1/consultations', { token: patient.token, body: { ...body, extra: 1 } })
    await call(400, 'POST', '/api/v1/consultations', { token: patient.token, body: { ...body, clientId: 'short' } })
    const list = await call(200, 'GET', '/api/v1/consultations?limit=2', { token: patient.token })
    assert.equal(list.items[0].id, consult, 'newest activity first')
    await call(200, 'GET', `/api/v1/consultations?limit=2&cursor=${encodeURIComponent(list.nextCursor)}`, { token: patient.token })
    assert.ok((await call(200, 'GET', '/api/v1/consultations?state=open', { token: doctor.token })).items.every((c) => c.state === 'open'))
    await call(400, 'GET', '/api/v1/consultations?state=nonsense', { token: doctor.token })
    await call(200, 'GET', `/api/v1/consultations/${consult}`, { token: doctor.token })
    await call(403, 'POST', `/api/v1/consultations/${consult}/accept`, { token: patient.token })
    await call(409, 'POST', `/api/v1/consultations/${consult}/finish`, { token: doctor.token })
    await call(200, 'POST', `/api/v1/consultations/${consult}/accept`, { token: doctor.token })
  })

  test('messages', async () => {
    const at = `/api/v1/consultations/${consult}/messages`
    for (let i = 0; i < 5; i++) {
      await call(201, 'POST', at, { token: patient.token, body: { clientId: clientId(), kind: 'text', text: `${i}` } })
    }
    const all = await call(200, 'GET', at, { token: doctor.token })
    assert.deepEqual(all.items.map((m) => m.seq), [1, 2, 3, 4, 5, 6, 7])
    const reply = { clientId: clientId(), kind: 'text', text: 're', replyTo: all.items[2].id }
    await call(201, 'POST', at, { token: doctor.token, body: reply })
    const said = (await call(200, 'GET', at, { token: doctor.token })).items.at(-1)
    await call(403, 'POST', `${at}/${said.id}/recall`, { token: patient.token })
    await call(404, 'POST', `${at}/msg_none/recall`, { token: doctor.token })
    const recalled = await call(200, 'POST', `${at}/${said.id}/recall`, { token: doctor.token })
    assert.deepEqual(await call(200, 'POST', `${at}/${said.id}/recall`, { token: doctor.token }), recalled)
    const tombstone = (await call(200, 'GET', at, { token: patient.token })).items.at(-1)
    assert.deepEqual([tombstone.id, tombstone.text, tombstone.recalledAt], [said.id, undefined, recalled.recalledAt])
    assert.deepEqual((await call(200, 'GET', `${at}?after=2&limit=2`, { token: doctor.token })).items.map((m) => m.seq), [3, 4])
    assert.deepEqual((await call(200, 'GET', `${at}?before=4&limit=2`, { token: doctor.token })).items.map((m) => m.seq), [2, 3])
    await call(400, 'GET', `${at}?after=-1`, { token: doctor.token })
    await call(400, 'POST', at, { token: doctor.token, body: { ...reply, clientId: clientId(), kind: 'image' } })
    await call(400, 'POST', at, { token: doctor.token, body: { ...reply, clientId: clientId(), text: '' } })
    await call(400, 'POST', at, { token: doctor.token, body: '{"clientId":"12345678","kind":"text","text":"\\ud800"}' })
    await call(413, 'POST', at, { token: doctor.token, body: { ...reply, clientId: clientId(), text: '长'.repeat(4001) } })
    await call(201, 'POST', at, { token: doctor.token, body: { ...reply, clientId: clientId(), text: '长'.repeat(4000) } })
  })

  test('what a doctor says often is his own list', async () => {
    const at = '/api/v1/me/quick-replies'
    const items = [{ text: '{patient}，您好' }, { text: '请多喝水' }]
    assert.deepEqual((await call(200, 'GET', at, { token: doctor.token })).items, [])
    await call(200, 'PUT', at, { token: doctor.token, body: { items: [{ text: '旧的' }] } })
    assert.deepEqual((await call(200, 'PUT', at, { token: doctor.token, body: { items } })).items, items)
    for (const [want, body] of [[400, { items: [{ text: '' }] }], [400, { items: [{ words: 'x' }] }], [400, { items: 'x' }],
      [413, { items: [{ text: '长'.repeat(501) }] }], [413, { items: Array(51).fill(items[0]) }]])
      await call(want, 'PUT', at, { token: doctor.token, body })
    assert.deepEqual((await call(200, 'GET', at, { token: doctor.token })).items, items)
    await call(403, 'GET', at, { token: patient.token })
    await call(403, 'PUT', at, { token: patient.token, body: { items } })
  })

  test('what one may not know of looks like what does not exist', async () => {
    const other = await server.login('patient2')
    const strip = ({ requestId, ...rest }) => rest
    for (const [method, tail, body] of [['GET', ''], ['GET', '/messages'], ['POST', '/accept'], ['POST', '/pause'],
      ['POST', '/resume'], ['POST', '/finish'], ['POST', '/sign', { version: 1, password: 'x' }],
      ['POST', '/refer', { reason: 'x', advice: 'x' }],
      ['POST', '/messages', { clientId: clientId(), kind: 'text', text: 'x' }]]) {
      const foreign = await call(404, method, `/api/v1/consultations/${consult}${tail}`, { token: other.token, body })
      const missing = await call(404, method, `/api/v1/consultations/con_0000000000000000000000${tail}`, { token: other.token, body })
      assert.deepEqual(strip(foreign), strip(missing))
      await call(404, method, `/api/v1/consultations/${consult}${tail}`, { token: admin.token, body })
      await call(401, method, `/api/v1/consultations/${consult}${tail}`, { body })
    }
  })

  test('HTTP manners: 404, 405 with Allow, 415, HEAD', async () => {
    assert.equal((await server.call('GET', '/api/v1/nothing')).body.code, 'not-found')
    const wrong = await server.call('DELETE', '/api/v1/me')
    assert.equal(wrong.status, 405)
    assert.match(wrong.headers.get('allow'), /GET/)
    const form = await server.call('POST', '/api/v1/auth/login', { body: 'login=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
    assert.equal(form.status, 415)
    const head = await server.call('HEAD', '/healthz')
    assert.deepEqual([head.status, head.text], [200, ''])
  })

  test('live objects have the same shapes', async () => {
    const socket = await server.connect(patient.token)
    const joined = await ask(socket, 'consult:join', { consult })
    valid('/components/schemas/Consult', joined.consult, 'consult:join')
    joined.participants.forEach((p) => valid('/components/schemas/Participant', p, 'consult:join'))
    joined.messages.forEach((m) => valid('/components/schemas/Message', m, 'consult:join'))
    const sent = await ask(socket, 'message:send', { consult, clientId: clientId(), kind: 'text', text: 'x' })
    valid('/components/schemas/MessageReceipt', sent.message, 'message:send')
    assert.equal((await ask(socket, 'no:such', {})).error.code, 'bad-request')
    assert.equal((await ask(socket, 'message:send', 'text')).error.code, 'bad-request')
    assert.equal((await ask(socket, 'message:send', { consult, kind: 'text', text: 'x' })).error.code, 'bad-request')
    socket.close()
  })

  test('the waiting room and the board', async () => {
    const body = { doctor: doctor.user.id, text: '在吗', clientId: clientId() }
    const waits = (await call(201, 'POST', '/api/v1/consultations', { token: patient.token, body })).consult.id
    const place = await call(200, 'GET', `/api/v1/consultations/${waits}/queue`, { token: patient.token })
    assert.equal(place.place, place.ahead + 1)
    assert.equal(place.emergencyNumber, '120')
    assert.equal((await call(200, 'GET', `/api/v1/consultations/${consult}/queue`, { token: patient.token })).place, 0, 'is under way')
    await call(404, 'GET', `/api/v1/consultations/${waits}/queue`, { token: admin.token })
    const board = await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/board`, { token: doctor.token })
    const mine = (id) => board.items.find((item) => item.consult === id)?.column
    assert.deepEqual([mine(waits), mine(consult)], ['waiting', 'unread'])
    await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/board`, { token: admin.token })
    await call(403, 'GET', `/api/v1/doctors/${doctor.user.id}/board`, { token: patient.token })
  })

  test('pause, resume, finish', async () => {
    const at = `/api/v1/consultations/${consult}`
    for (const deed of ['pause', 'resume', 'finish', 'sign']) await call(403, 'POST', `${at}/${deed}`, { token: patient.token })
    await call(409, 'POST', `${at}/sign`, { token: doctor.token, body: { version: 1, password: PASSWORD } })
    for (const [deed, state] of [['pause', 'paused'], ['resume', 'active'], ['pause', 'paused'], ['finish', 'awaiting_signature']]) {
      assert.equal((await call(200, 'POST', `${at}/${deed}`, { token: doctor.token })).consult.state, state)
    }
    await call(409, 'POST', `${at}/messages`, { token: patient.token, body: { clientId: clientId(), kind: 'text', text: 'late' } })
  })

  test('refer', async () => {
    const body = { doctor: doctor.user.id, text: '胸口很痛', clientId: clientId() }
    const at = `/api/v1/consultations/${(await call(201, 'POST', '/api/v1/consultations', { token: patient.token, body })).consult.id}`
    const referral = { reason: '需要当面检查', advice: '请立即去最近的急诊' }
    await call(403, 'POST', `${at}/refer`, { token: patient.token, body: referral })
    await call(409, 'POST', `${at}/refer`, { token: doctor.token, body: referral })
    await call(200, 'POST', `${at}/accept`, { token: doctor.token })
    await call(400, 'POST', `${at}/refer`, { token: doctor.token, body: { reason: 'x' } })
    assert.equal((await call(200, 'POST', `${at}/refer`, { token: doctor.token, body: referral })).consult.state, 'referred_offline')
    const said = (await call(200, 'GET', `${at}/messages`, { token: patient.token })).items.at(-1)
    assert.deepEqual([said.kind, said.text, said.card], ['card', undefined, { type: 'refer', ...referral }])
    await call(409, 'POST', `${at}/messages`, { token: patient.token, body: { clientId: clientId(), kind: 'text', text: 'late' } })
    const bell = await call(200, 'GET', '/api/v1/me/notifications', { token: patient.token })
    assert.equal(bell.items[0].kind, 'consult-referred')
  })

  recordTests(() => ({ server, call, patient, doctor, admin, consult }))
  scheduleTests(() => ({ server, call, patient, doctor, admin }))
  appointmentTests(() => ({ server, call, patient, doctor, admin }))
  formTests(() => ({ server, call, patient, doctor, admin }))
  paymentTests(() => ({ server, call, patient, doctor, admin }))
  leaveTests(() => ({ server, call, patient, doctor, admin }))
  feedTests(() => ({ server, call, patient, doctor, admin }))
  transferTests(() => ({ server, call, patient, doctor, admin }))
  callTests(() => ({ server, call, patient, doctor, admin }))
  fileTests(() => ({ server, call, patient, doctor, admin }))
  consentTests(() => ({ server, call, patient, doctor, admin }))
  prescriptionTests(() => ({ server, call, patient, doctor, admin }))
  adminTests(() => ({ server, call, patient, doctor, admin }))
  privacyTests(() => ({ server, call, patient, doctor, admin, consult }))

  test('the canvas of a consult', async () => {
    const at = `/api/v1/consultations/${consult}/board`
    await call(200, 'GET', at, { token: doctor.token })
    await call(200, 'GET', `${at}/pictures`, { token: patient.token })
    await call(400, 'POST', `${at}/save`, { token: doctor.token, body: {} })
    await call(404, 'GET', at, { token: admin.token })
  })

  test('every described operation was asked', () => {
    const all = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).filter((m) => m !== 'parameters').map((m) => `${m.toUpperCase()} ${path}`))
    assert.deepEqual(all.filter((operation) => !covered.has(operation)), [])
  })
})
