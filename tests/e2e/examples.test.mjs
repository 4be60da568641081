// examples.test.mjs - examples/conformance, spoken to by the official client over each transport.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { io } from 'socket.io-client'
import { PATIENCE_MS, Program, next } from './program.mjs'
import { freePort, until } from './server.mjs'

const MODES = { 'websocket only': ['websocket'], 'polling only': ['polling'], 'with the upgrade': ['polling', 'websocket'] }

for (const [mode, transports] of Object.entries(MODES)) {
  describe(`conformance, ${mode}`, () => {
    let server, port, a, b
    const open = (path = '', options = {}) => io(`http://127.0.0.1:${port}${path}`,
      { transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options })
    const ask = (socket, ...args) => socket.timeout(PATIENCE_MS).emitWithAck(...args)
    // Patience for a busy machine: the contract's 200 ms are the suites' own matter.
    const run = async () => {
      server = await Program.start('conformance', port, '--port', `${port}`, '--ping-interval', '500', '--ping-timeout', '10000')
    }

    before(async () => {
      port = await freePort()
      await run()
      a = open('', { auth: { token: 'secret' } })
      b = open()
      const auth = next(a, 'auth')
      await Promise.all([next(a, 'connect'), next(b, 'connect')])
      assert.deepEqual(await auth, [{ token: 'secret' }])
    })
    after(async () => {
      a?.close()
      b?.close()
      await server?.stop()
    })

    test('the transport is the one asked for', async () => {
      await until(() => a.io.engine.transport.name === transports.at(-1), 'the transport')
    })

    test('arguments come back as they went', async () => {
      const args = ['hi', { n: 1.5, 表: '医🙂', deep: [[null, true]] }, [], -0.1]
      const back = next(a, 'message-back')
      a.emit('message', ...args)
      assert.deepEqual(await back, args)
    })

    test('binary comes back, alone and inside, small and large', async () => {
      const bytes = Buffer.from([0, 1, 2, 255])
      const back = next(a, 'message-back')
      a.emit('message', { file: bytes }, bytes)
      const [object, alone] = await back
      assert.ok(bytes.equals(Buffer.from(object.file)) && bytes.equals(Buffer.from(alone)))
      const large = Buffer.alloc(300_000, 'abc')
      assert.ok(large.equals(Buffer.from(await ask(a, 'message-with-ack', large))))
    })

    test('both sides ask and answer', async () => {
      const long = 'x'.repeat(900_000)
      assert.equal(await ask(a, 'message-with-ack', long), long)
      a.once('server-ack', (question, answer) => answer(question, 'yes'))
      const result = next(a, 'server-ack-result')
      a.emit('emit-with-ack', 5)
      assert.deepEqual(await result, [5, 'yes'])
    })

    test('900 messages of one turn keep their order', async () => {
      const heard = []
      a.on('message-back', (n) => heard.push(n))
      for (let n = 0; n < 900; n++) a.emit('message', n)
      await until(() => heard.length === 900, 'all of them')
      a.off('message-back')
      assert.deepEqual(heard, [...heard.keys()])
    })

    test('a room hears what is said to it, and who left does not', async () => {
      await new Promise((done) => b.emit('join', 'ward', done))
      let said = next(b, 'said')
      a.emit('to-room', 'ward', 'said', 'good morning')
      assert.deepEqual(await said, ['good morning'])
      await new Promise((done) => b.emit('leave', 'ward', done))
      b.once('said', (word) => assert.equal(word, 'to all'))
      a.emit('to-room', 'ward', 'said', 'unheard')
      said = next(b, 'said')
      a.emit('broadcast', 'said', 'to all')
      assert.deepEqual(await said, ['to all'])
    })

    test('namespaces let in, refuse, or are not there', async () => {
      const custom = open('/custom')
      await next(custom, 'connect')
      assert.equal(await ask(custom, 'message-with-ack', 1), 1)
      custom.close()
      for (const [path, message, data] of [['/refused', 'refused', { code: 403 }], ['/none', 'Invalid namespace', undefined]]) {
        const socket = open(path, { reconnection: false })
        const [error] = await next(socket, 'connect_error')
        assert.equal(error.message, message)
        assert.deepEqual(error.data, data)
        socket.close()
      }
      const denied = open('', { query: { deny: 1 }, reconnection: false })
      await next(denied, 'connect_error')
      denied.close()
    })

    test('heartbeats carry a silent client', async () => {
      let lost
      b.once('disconnect', (reason) => { lost = reason })
      for (let beat = 0; beat < 4; beat++) await next(b.io, 'ping')
      assert.equal(lost, undefined)
    })

    test('a server that comes back is found again', async () => {
      const down = next(a, 'disconnect')
      await server.kill()
      await down
      const again = next(a, 'connect')
      await run()
      await again
      assert.equal(await ask(a, 'message-with-ack', 'still'), 'still')
    })

    test('the server may end it', async () => {
      if (!b.connected) await next(b, 'connect')
      const ended = next(b, 'disconnect')
      b.emit('disconnect-me', true)
      // Over polling DISCONNECT and the close packet are one payload, and the client tells the second one first.
      assert.match((await ended)[0], transports.at(-1) === 'polling' ? /^(io server disconnect|transport close)$/ : /^io server disconnect$/)
    })
  })
}
