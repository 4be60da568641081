// chat.test.mjs - a doctor and a patient, by the official client, on each transport.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { live } from './contract.mjs'
import { sign } from './record.mjs'
import { ask, clientId, next, PASSWORD, Server, until } from './server.mjs'

const TRANSPORTS = {
  'websocket only': { transports: ['websocket'] },
  'polling only': { transports: ['polling'] },
  'polling, then upgrade': { transports: ['polling', 'websocket'] },
}

for (const [name, options] of Object.entries(TRANSPORTS)) {
  describe(`a consult, ${name}`, () => {
    let server, patient, doctor, patientSocket, doctorSocket, consult

    before(async () => {
      server = await Server.start(['--presence-grace-ms', '100'])
      patient = await server.login('patient1')
      doctor = await server.login('doctor1')
      patientSocket = await server.connect(patient.token, options)
      doctorSocket = await server.connect(doctor.token, options)
    })
    after(async () => {
      patientSocket?.close()
      doctorSocket?.close()
      await server?.stop()
    })

    test('ends on the transport it is to end on', async () => {
      const want = options.transports.at(-1)
      await until(() => patientSocket.io.engine.transport.name === want, want)
    })

    test('starts by the patient, and the doctor sees it live', async () => {
      const changed = next(doctorSocket, 'consult:changed')
      const unread = next(doctorSocket, 'unread:changed')
      const id = clientId()
      const body = { doctor: doctor.user.id, text: '医生您好 👋', clientId: id }
      const started = await server.call('POST', '/api/v1/consultations', { token: patient.token, body })
      assert.equal(started.status, 201, started.text)
      consult = started.body.consult
      assert.equal(consult.state, 'open')
      assert.equal((await changed).consult.id, consult.id)
      assert.deepEqual({ lastSeq: 1, unread: 1, consult: consult.id }, await unread)
      const again = await server.call('POST', '/api/v1/consultations', { token: patient.token, body })
      assert.equal(again.body.consult.id, consult.id, 'a retry gets the first answer')
    })

    test('joins with history, and presence goes both ways', async () => {
      const joined = await ask(patientSocket, 'consult:join', { consult: consult.id })
      assert.equal(joined.ok, true)
      assert.equal(joined.messages[0].text, '医生您好 👋')
      assert.equal(joined.lastSeq, 1)
      const online = next(patientSocket, 'presence:changed', (p) => p.user === doctor.user.id)
      const seen = next(doctorSocket, 'presence:changed', (p) => p.user === patient.user.id)
      const other = await ask(doctorSocket, 'consult:join', { consult: consult.id })
      assert.equal(other.participants.find((p) => p.id === patient.user.id).online, true)
      assert.equal((await online).online, true)
      assert.equal((await seen).online, true)
    })

    test('the doctor accepts: both see it', async () => {
      const changed = next(patientSocket, 'consult:changed')
      const said = [next(patientSocket, 'message:new'), next(doctorSocket, 'message:new')]
      const accepted = await ask(doctorSocket, 'consult:accept', { consult: consult.id })
      assert.equal(accepted.consult.state, 'active')
      assert.deepEqual((await changed).consult, accepted.consult)
      for (const m of await Promise.all(said)) assert.deepEqual([m.kind, m.text, m.seq], ['system', 'consult-accepted', 2])
    })

    test('a message is acked after the commit and heard once, a retry gives the first answer', async () => {
      const id = clientId()
      const heard = []
      doctorSocket.on('message:new', (m) => heard.push(m))
      const body = { consult: consult.id, clientId: id, kind: 'text', text: 'Grüße 你好 😷 "quoted" \\ /' }
      const first = await ask(patientSocket, 'message:send', body)
      assert.equal(first.ok, true, JSON.stringify(first))
      assert.equal(first.message.seq, 3)
      assert.deepEqual(await ask(patientSocket, 'message:send', body), first)
      const rest = await server.call('POST', `/api/v1/consultations/${consult.id}/messages`,
        { token: patient.token, body: { clientId: id, kind: 'text', text: body.text } })
      assert.deepEqual(rest.body.message, first.message)
      const reply = await ask(doctorSocket, 'message:send', { ...body, clientId: clientId(), text: 'ok' })
      assert.equal(reply.message.seq, 4)
      await until(() => heard.length > 0, 'message:new')
      assert.equal(heard.length, 1, 'the sender hears the answer, not the broadcast; a retry is not published')
      assert.equal(heard[0].text, body.text)
      assert.equal(heard[0].clientId, id)
    })

    test('delivered and read reach the other side', async () => {
      const sent = await ask(patientSocket, 'message:send', { consult: consult.id, clientId: clientId(), kind: 'text', text: '?' })
      for (const event of ['message:delivered', 'message:read']) {
        const body = { consult: consult.id, seq: sent.message.seq }
        const heard = next(patientSocket, event)
        assert.equal((await ask(doctorSocket, event, body)).ok, true)
        assert.deepEqual(await heard, { ...body, user: doctor.user.id })
      }
      const far = await ask(doctorSocket, 'message:read', { consult: consult.id, seq: sent.message.seq + 1 })
      assert.equal(far.error.code, 'bad-request', 'nobody has read what was not written')
    })

    test('what is recalled is gone for both, on every page', async () => {
      const sent = await ask(patientSocket, 'message:send', { consult: consult.id, clientId: clientId(), kind: 'text', text: '发错了' })
      const message = sent.message.id
      assert.equal((await ask(doctorSocket, 'message:recall', { consult: consult.id, message })).error.code, 'forbidden')
      const heard = [next(doctorSocket, 'message:recalled'), next(patientSocket, 'message:recalled')]
      const answer = await ask(patientSocket, 'message:recall', { consult: consult.id, message })
      live('RecallDone', answer, 'message:recall')
      for (const one of heard) assert.deepEqual({ ok: true, ...(await one) }, answer)
      const { messages } = await ask(doctorSocket, 'consult:join', { consult: consult.id, after: sent.message.seq - 1 })
      assert.deepEqual([messages[0].text, messages[0].recalledAt], [undefined, answer.recalledAt])
    })

    test('typing is relayed in the room and not beyond', async () => {
      const typing = next(patientSocket, 'typing')
      doctorSocket.emit('typing', { consult: consult.id, on: true })
      assert.deepEqual(await typing, { consult: consult.id, user: doctor.user.id, on: true })
      const stranger = await server.connect((await server.login('patient2')).token, options)
      let leaked = false
      patientSocket.on('typing', (t) => { leaked ||= t.user !== doctor.user.id })
      stranger.emit('typing', { consult: consult.id, on: true })
      assert.deepEqual((await ask(stranger, 'consult:join', { consult: consult.id })).error.code, 'not-found')
      stranger.close()
      assert.equal(leaked, false)
    })

    test('finish closes it for both, then sending is a conflict', async () => {
      const changed = next(patientSocket, 'consult:changed')
      assert.equal((await ask(patientSocket, 'consult:finish', { consult: consult.id })).error.code, 'forbidden')
      assert.equal((await ask(doctorSocket, 'consult:finish', { consult: consult.id })).consult.state, 'awaiting_signature')
      assert.equal((await changed).consult.state, 'awaiting_signature')
      const late = await ask(patientSocket, 'message:send', { consult: consult.id, clientId: clientId(), kind: 'text', text: 'late' })
      assert.equal(late.error.code, 'conflict')
      const closed = next(patientSocket, 'consult:changed')
      const told = [next(patientSocket, 'result:signed'), next(doctorSocket, 'result:signed')]
      assert.equal((await sign(server, doctor, consult.id)).consult.state, 'closed')
      assert.ok((await closed).consult.closedAt)
      for (const one of told) live('ResultSigned', await one, 'result:signed')
      const at = `/api/v1/consultations/${consult.id}/result`
      assert.equal((await server.call('GET', at, { token: patient.token })).body.advice, '多喝水')
      const read = next(doctorSocket, 'result:acknowledged')
      await server.call('POST', `${at}/acknowledge`, { token: patient.token, body: { version: 1 } })
      live('ResultAcknowledged', await read, 'result:acknowledged')
      assert.equal((await ask(doctorSocket, 'consult:accept', { consult: consult.id })).error.code, 'bad-transition')
    })

    test('neither words nor secrets are in the log, nor words on the disk', () => {
      const secrets = ['Grüße', '医生您好', patient.token, doctor.token, patient.cookie.split('=')[1], PASSWORD]
      const log = server.log.replace(/Demo logins.*?:\n/s, '')      // --demo prints its password, on purpose
      assert.deepEqual(secrets.filter((secret) => log.includes(secret)), [])
      const disk = readdirSync(server.data, { withFileTypes: true }).filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(server.data, entry.name), 'latin1')).join()
      const words = ['Grüße', '医生您好'].map((word) => Buffer.from(word).toString('latin1'))
      assert.deepEqual(words.filter((word) => disk.includes(word)), [])
    })

    test('leaving is seen after the grace', async () => {
      const gone = next(patientSocket, 'presence:changed', (p) => p.user === doctor.user.id && !p.online)
      doctorSocket.close()
      await gone
    })
  })
}
