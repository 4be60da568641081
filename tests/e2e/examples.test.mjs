// examples.test.mjs - the programs of examples/, spoken to by the official clients: the library without consultd.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Socket as Engine } from 'engine.io-client'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { freePort, until } from './server.mjs'

const build = process.env.TEST_BUILD ?? join(new URL('../..', import.meta.url).pathname, 'build')
const PATIENCE_MS = 10_000
const MODES = { 'websocket only': ['websocket'], 'polling only': ['polling'], 'with the upgrade': ['polling', 'websocket'] }

// The next event; clients that Node's once() does not know have on() and off() too.
const next = (target, event) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error(`waited in vain for ${event}`)), PATIENCE_MS)
  target.once(event, (...args) => { clearTimeout(late); done(args) })
})

class Program {
  static async start(name, port, ...flags) {
    const program = new Program()
    program.process = spawn(join(build, 'examples', name), flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    program.said = ''
    for (const stream of [program.process.stdout, program.process.stderr]) stream.on('data', (text) => { program.said += text })
    program.ended = once(program.process, 'exit')
    await until(async () => {
      if (program.process.exitCode !== null) throw new Error(`${name} ended at start:\n${program.said}`)
      return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)
    }, name)
    return program
  }

  async kill() {
    assert.equal(this.process.exitCode, null, `it died:\n${this.said}`)
    this.process.kill('SIGKILL')
    await this.ended
    assert.equal(this.said, '')
  }
}

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
      await server?.kill()
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

describe('chat', () => {
  let server
  before(async () => { server = await Program.start('chat', 8888) })
  after(() => server?.kill())

  test('what one says at /chat, everybody there hears', async () => {
    const all = [0, 1, 2].map(() => new WebSocket('ws://localhost:8888/chat'))
    await Promise.all(all.map((socket) => once(socket, 'open')))
    const heard = all.map((socket) => once(socket, 'message'))
    all[1].send('hello, 医生')
    for (const [message] of await Promise.all(heard)) assert.equal(message.toString(), 'hello, 医生')
    const closed = all.map((socket) => once(socket, 'close'))
    for (const socket of all) socket.close()
    for (const close of await Promise.all(closed)) assert.equal(close[0], 1005)
  })

  test('a room of Socket.IO hears the others', async () => {
    const [a, b] = [io('http://localhost:8888', { forceNew: true }), io('http://localhost:8888', { forceNew: true })]
    assert.equal(await a.emitWithAck('say', 'ward', 'not in it'), false)
    assert.equal(await a.emitWithAck('join', 'ward'), true)
    assert.equal(await b.emitWithAck('join', 'ward'), true)
    const said = next(b, 'said')
    assert.equal(await a.emitWithAck('say', 'ward', 'hello', 1), true)
    assert.deepEqual(await said, ['hello', 1])
    a.close()
    b.close()
  })
})

describe('echo', () => {
  let server, port
  before(async () => {
    port = await freePort()
    server = await Program.start('echo', port, '--port', `${port}`)
  })
  after(() => server?.kill())

  test('a WebSocket message of 16 MiB comes back, deflated and not', async () => {
    for (const perMessageDeflate of [true, false]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/any`, { perMessageDeflate, maxPayload: 1 << 26 })
      await once(socket, 'open')
      assert.equal(socket.extensions !== '', perMessageDeflate)
      const bytes = Buffer.alloc(16 << 20, 'a consult')
      const back = once(socket, 'message')
      socket.send(bytes)
      const [message, binary] = await back
      assert.ok(binary && message.equals(bytes))
      socket.close()
      await once(socket, 'close')
    }
  })

  test('an Engine.IO message comes back', async () => {
    const engine = new Engine(`ws://127.0.0.1:${port}`, { path: '/engine.io/' })
    await next(engine, 'open')
    const back = next(engine, 'message')
    engine.send('医生')
    assert.deepEqual(await back, ['医生'])
    engine.close()
  })
})
