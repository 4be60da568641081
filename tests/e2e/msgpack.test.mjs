// msgpack.test.mjs - the official client with socket.io-msgpack-parser, against conformance --parser msgpack.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { io } from 'socket.io-client'
import parser from 'socket.io-msgpack-parser'
import { next, PATIENCE_MS, Program } from './program.mjs'
import { freePort, until } from './server.mjs'

const MODES = { 'websocket only': ['websocket'], 'polling only': ['polling'], 'with the upgrade': ['polling', 'websocket'] }

for (const [mode, transports] of Object.entries(MODES)) {
  describe(`msgpack, ${mode}`, () => {
    let server, port, a, b
    const open = (path = '', options = {}) => io(`http://127.0.0.1:${port}${path}`,
      { transports, parser, forceNew: true, reconnectionDelay: 200, reconnectionDelayMax: 300, ...options })
    const ask = (socket, ...args) => socket.timeout(PATIENCE_MS).emitWithAck(...args)
    const back = async (...args) => {
      const heard = next(a, 'message-back')
      a.emit('message', ...args)
      return heard
    }

    before(async () => {
      port = await freePort()
      server = await Program.start('conformance', port, '--port', `${port}`, '--ping-interval', '500', '--ping-timeout', '10000',
        '--parser', 'msgpack', '--recovery', '60000')
      a = open('', { auth: { token: 'secret', n: -1 } })
      b = open()
      const auth = next(a, 'auth')
      await Promise.all([next(a, 'connect'), next(b, 'connect')])
      assert.equal((await auth)[0].token, 'secret')
    })
    after(async () => {
      a?.close()
      b?.close()
      await server?.kill()
    })

    test('values of every size come back as they went', async () => {
      const numbers = [0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -1, -32, -33, -128, -129, -32768, -32769,
        -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53), 0.1, -1.5, 1e-7, 5e-324, 1 / 3]
      const texts = [0, 1, 31, 32, 255, 256, 65535, 65536].map((size) => 'x'.repeat(size))
      const values = [null, true, false, '医🙂\u0000"\\\n\u007f', {}, [], { a: { b: [[], [{}]] }, 'k"\u0000': 1, '': 2 },
        Array.from({ length: 16 }, (_, i) => i), Array.from({ length: 70000 }, () => 0),
        Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i]))]
      const args = [...numbers, ...texts, ...values]
      assert.deepEqual((await back(...args)).slice(0, args.length), args)
    })

    test('what JSON does not have is what JSON.stringify makes of it', async () => {
      const dates = [0, 1, -1, 951782400000, 1582934400000, -62198755200000, 8.64e15, -8.64e15].map((ms) => new Date(ms))
      assert.deepEqual((await back(NaN, Infinity, undefined, [undefined], { u: undefined, v: 1 }, ...dates)).slice(0, 5 + dates.length),
        [null, null, null, [null], { v: 1 }, ...dates.map((date) => date.toISOString())])
    })

    test('binary comes back, alone and inside, small and large', async () => {
      const sizes = [0, 1, 255, 256, 65535, 65536, 300000]
      const args = [{ file: Buffer.from([0, 1, 2, 255]) }, ...sizes.map((size) => Buffer.alloc(size, 'abc'))]
      const [object, ...alone] = await back(...args)
      assert.ok(args[0].file.equals(Buffer.from(object.file)))
      for (const [i, size] of sizes.entries()) assert.ok(Buffer.alloc(size, 'abc').equals(Buffer.from(alone[i])))
    })

    test('what looks like an attachment is data', async () => {
      const fake = { _placeholder: true, num: 0 }
      assert.deepEqual((await back(fake))[0], fake)
    })

    test('both sides ask and answer, with binary', async () => {
      assert.deepEqual(await ask(a, 'message-with-ack', { a: [1] }), { a: [1] })
      assert.ok(Buffer.from([1]).equals(Buffer.from(await ask(a, 'message-with-ack', Buffer.from([1])))))
      a.once('server-ack', (question, answer) => answer(question, Buffer.from([2]), { deep: 'yes' }))
      const result = next(a, 'server-ack-result')
      a.emit('emit-with-ack', 5)
      const [question, bytes, object] = await result
      assert.equal(question, 5)
      assert.ok(Buffer.from([2]).equals(Buffer.from(bytes)))
      assert.deepEqual(object, { deep: 'yes' })
    })

    test('rooms, and a come-back with what was missed', async () => {
      await new Promise((done) => b.emit('join', 'ward', done))
      let said = next(b, 'said')
      a.emit('to-room', 'ward', 'said', 'good morning', { n: [1] })
      assert.deepEqual((await said).slice(0, 2), ['good morning', { n: [1] }])
      const lost = next(b, 'disconnect')
      b.io.engine.close()
      await lost
      said = next(b, 'said')
      a.emit('to-room', 'ward', 'said', Buffer.from([7]))
      assert.equal(Buffer.from((await said)[0])[0], 7)
      assert.equal(b.recovered, true)
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
    })

    test('the limits hold', async () => {
      const eleven = Array.from({ length: 11 }, () => Buffer.from([1]))
      let deep = []
      for (let i = 1; i < 1000; i++) deep = [deep]
      assert.deepEqual((await back(deep))[0], deep)
      for (const args of [eleven, [[deep]], Array(1001).fill(0)]) {
        const socket = open('', { reconnection: false })
        await next(socket, 'connect')
        const ended = next(socket, 'disconnect')
        socket.emit('message', ...args)
        assert.match((await ended)[0], /^transport (close|error)$/)
      }
    })

    test('the server may end it', async () => {
      await until(() => b.connected, 'b')
      const ended = next(b, 'disconnect')
      b.emit('disconnect-me', false)
      assert.equal((await ended)[0], 'io server disconnect')
    })
  })
}

test('a client of the other parser is sent away', async () => {
  const port = await freePort()
  const server = await Program.start('conformance', port, '--port', `${port}`, '--parser', 'msgpack')
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnection: false, transports: ['websocket'] })
  const closed = next(socket.io, 'close')
  await closed
  socket.close()
  await server.kill()
})
