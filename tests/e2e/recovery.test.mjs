// recovery.test.mjs - the server goes, by kill or by SIGTERM, and the clients come back by themselves.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ask, clientId, next, Server, until } from './server.mjs'

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  describe(`recovery, ${transports.join(' then ')}`, () => {
    let server, patient, doctor, consult
    before(async () => {
      server = await Server.start()
      patient = await server.login('patient1')
      doctor = await server.login('doctor1')
      const started = await server.call('POST', '/api/v1/consultations',
        { token: patient.token, body: { doctor: doctor.user.id, text: 'first', clientId: clientId() } })
      consult = started.body.consult.id
    })
    after(() => server?.stop())

    test('a killed server: the client reconnects, joins after its last seq, sends the same again', async () => {
      const socket = await server.connect(patient.token, { transports })
      const other = await server.connect(doctor.token, { transports })
      await ask(socket, 'consult:join', { consult })
      await ask(other, 'consult:join', { consult })
      const id = clientId()
      const sent = await ask(socket, 'message:send', { consult, clientId: id, kind: 'text', text: 'before' })
      await Promise.all([next(socket, 'disconnect'), next(other, 'disconnect'), server.kill('SIGKILL')])
      const back = Promise.all([next(socket, 'connect'), next(other, 'connect')])
      await server.run()
      await back
      const joined = await ask(socket, 'consult:join', { consult, after: 1 })
      assert.deepEqual(joined.messages.map((m) => m.text), ['before'])
      assert.deepEqual(await ask(socket, 'message:send', { consult, clientId: id, kind: 'text', text: 'before' }), sent)
      await ask(other, 'consult:join', { consult, after: 2 })
      const heard = next(other, 'message:new')
      await ask(socket, 'message:send', { consult, clientId: clientId(), kind: 'text', text: 'after' })
      assert.equal((await heard).text, 'after')
      socket.close()
      other.close()
    })

    test('SIGTERM: told, answered, committed, ended with 0 in the time given', async () => {
      const socket = await server.connect(patient.token, { transports })
      const gone = next(socket, 'disconnect')
      const sends = Array.from({ length: 20 }, () => ask(socket, 'message:send',
        { consult, clientId: clientId(), kind: 'text', text: 'under way' }).catch(() => null))
      await until(async () => (await Promise.race([sends[0], null])) !== undefined)
      assert.equal(await server.kill('SIGTERM'), 0, server.log)
      await gone
      const acked = (await Promise.all(sends.map((s) => Promise.race([s, null])))).filter((a) => a?.ok)
      socket.close()
      await server.run()
      const { body } = await server.call('GET', `/api/v1/consultations/${consult}/messages?limit=100`, { token: patient.token })
      const stored = new Set(body.items.map((m) => m.id))
      assert.ok(acked.every((a) => stored.has(a.message.id)))
    })
  })
}
