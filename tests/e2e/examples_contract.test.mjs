// examples_contract.test.mjs - what foreign suites rely on in examples/conformance and echo, line by line.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Socket as Engine } from 'engine.io-client'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { PATIENCE_MS, Program, next } from './program.mjs'
import { freePort } from './server.mjs'

// On a busy machine a heartbeat of 200 ms is late: where it is not the matter, it has time.
const PATIENT = ['--ping-timeout', '60000']
const FOREIGN = { headers: { Origin: 'http://elsewhere.example' } }
const MAX = 1_000_000

const start = async (name, ...flags) => {
  const port = await freePort()
  const program = await Program.start(name, port, '--port', `${port}`, ...flags)
  return Object.assign(program, { port, http: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}` })
}

const polling = (server, path = '/socket.io/', query = '', options = {}) =>
  fetch(`${server.http}${path}?EIO=4&transport=polling${query}`, options)
const handshake = async (server, path) => JSON.parse((await (await polling(server, path)).text()).slice(1))

const websocket = async (server, path, options = {}) => {
  const socket = new WebSocket(server.ws + path, { maxPayload: 1 << 27, ...options })
  socket.heard = []
  socket.on('message', (data, binary) => socket.heard.push(binary ? data : data.toString()))
  await next(socket, 'open')
  return socket
}
const engineSocket = (server, options) => websocket(server, '/socket.io/?EIO=4&transport=websocket', options)
const refusedWith = async (url) => {
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  const [, response] = await next(socket, 'unexpected-response')
  return response.statusCode
}

describe('conformance', () => {
  let server
  before(async () => { server = await start('conformance', ...PATIENT) })
  after(() => server?.stop())

  test('one path, anything else is 404', async () => {
    assert.equal((await polling(server)).status, 200)
    for (const path of ['/', '/socket.io', '/socket.io/x', '/socket.io/socket.io.js', '/engine.io/'])
      assert.equal((await polling(server, path)).status, 404, path)
    assert.equal(await refusedWith(`${server.ws}/other?EIO=4&transport=websocket`), 404)
  })

  test('both transports, upgrades, maxPayload', async () => {
    const hello = await handshake(server)
    assert.deepEqual(hello.upgrades, ['websocket'])
    assert.deepEqual([hello.pingInterval, hello.pingTimeout, hello.maxPayload], [300, 60_000, MAX])
    const socket = await engineSocket(server)
    socket.close()
  })

  test('any origin, on errors too', async () => {
    for (const [query, status] of [['', 200], ['&deny=1', 403], ['&sid=none', 400]]) {
      const reply = await polling(server, '/socket.io/', query, FOREIGN)
      assert.equal(reply.status, status)
      assert.ok(reply.headers.get('access-control-allow-origin'), query)
    }
    const socket = await engineSocket(server, FOREIGN)
    socket.close()
  })

  test('deny=1 is refused by the application', async () => {
    const reply = await polling(server, '/socket.io/', '&deny=1')
    assert.equal(reply.status, 403)
    assert.equal((await reply.json()).code, 4)
    assert.equal(await refusedWith(`${server.ws}/socket.io/?EIO=4&transport=websocket&deny=1`), 400)    // as the reference
    for (const query of ['&deny=10', '&deny=', '&deny=0', '&nodeny=1', '&x=deny=1'])
      assert.equal((await polling(server, '/socket.io/', query)).status, 200, query)
  })

  test('maxPayload for a POST and a message, deflated too', async () => {
    const { sid } = await handshake(server)
    const post = (size) => polling(server, '/socket.io/', `&sid=${sid}`, { method: 'POST', body: '4'.padEnd(size, 'x') })
    assert.equal((await post(MAX + 1)).status, 413)
    for (const perMessageDeflate of [false, true]) {
      const socket = await engineSocket(server, { perMessageDeflate })
      const event = (size) => `42["message","${'x'.repeat(size - '42["message",""]'.length)}"]`
      socket.send('40')
      socket.send(event(MAX))
      while (!socket.heard.some((text) => text.startsWith('42["message-back"'))) await next(socket, 'message')
      socket.send(event(MAX + 1))
      assert.equal((await next(socket, 'close'))[0], 1009)
    }
  })

  test('deflate when it is offered', async () => {
    const socket = await engineSocket(server, { perMessageDeflate: true })
    assert.match(socket.extensions, /permessage-deflate/)
    socket.close()
  })

  test('auth is {} when none was sent', async () => {
    const socket = await engineSocket(server)
    socket.send('40')
    while (socket.heard.length < 3) await next(socket, 'message')
    assert.deepEqual(socket.heard[2], '42["auth",{}]')
    socket.close()
  })

  test('the others are told, the speaker is not', async () => {
    const [a, b] = [0, 1].map(() => io(server.http, { forceNew: true }))
    const echoed = []
    await Promise.all([next(a, 'auth'), next(b, 'auth')])
    a.on('said', () => echoed.push('a'))
    assert.equal(await a.timeout(PATIENCE_MS).emitWithAck('join', 'ward'), undefined)
    assert.equal(await b.timeout(PATIENCE_MS).emitWithAck('join', 'ward'), undefined)
    for (const [event, ...args] of [['to-room', 'ward', 'said', 1, [2]], ['broadcast', 'said', 1, [2]]]) {
      const said = next(b, 'said')
      a.emit(event, ...args)
      assert.deepEqual(await said, [1, [2]])
    }
    assert.equal(await b.timeout(PATIENCE_MS).emitWithAck('leave', 'ward'), undefined)
    await a.timeout(PATIENCE_MS).emitWithAck('message-with-ack')
    assert.deepEqual(echoed, [])
    a.close()
    b.close()
  })

  test('disconnect-me without true leaves the connection and its other namespaces', async () => {
    const main = io(server.http, { forceNew: true })
    const custom = main.io.socket('/custom').connect()
    await Promise.all([next(main, 'connect'), next(custom, 'connect')])
    const ended = next(main, 'disconnect')
    main.emit('disconnect-me')
    assert.equal((await ended)[0], 'io server disconnect')
    assert.equal(await custom.timeout(PATIENCE_MS).emitWithAck('message-with-ack', 'on'), 'on')
    main.io._close()
  })
})

describe('conformance, its times', () => {
  let server
  before(async () => { server = await start('conformance') })
  after(() => server?.stop())

  test('the handshake names 300 and 200', async () => {
    const hello = await handshake(server)
    assert.deepEqual([hello.pingInterval, hello.pingTimeout], [300, 200])
  })

  test('who does not answer a ping is cut', async () => {
    const socket = await engineSocket(server)
    socket.send('40')
    await next(socket, 'close')
    assert.ok(socket.heard.includes('2'))
  })

  test('who joins no namespace is closed, however well he answers', async () => {
    const socket = await engineSocket(server)
    socket.on('message', (data) => data.toString() === '2' && socket.send('3'))
    await next(socket, 'close')
  })

  test('a probe that is not finished is closed, and the session stays', async () => {
    const client = io(server.http, { transports: ['polling'], forceNew: true })
    await next(client, 'connect')
    const probe = await websocket(server, `/socket.io/?EIO=4&transport=websocket&sid=${client.io.engine.id}`)
    probe.send('2probe')
    await next(probe, 'close')
    assert.deepEqual(probe.heard, ['3probe'])
    assert.equal(await client.timeout(PATIENCE_MS).emitWithAck('message-with-ack', 'still'), 'still')
    client.close()
  })
})

describe('the flags', () => {
  test('of conformance reach the server', async () => {
    const server = await start('conformance', '--host=127.0.0.1', '--ping-interval', '1234', '--ping-timeout=4321',
      '--upgrade-timeout', '100', '--connect-timeout', '100', '--max-payload', '999', '--no-deflate')
    const hello = await handshake(server)
    assert.deepEqual([hello.pingInterval, hello.pingTimeout, hello.maxPayload], [1234, 4321, 999])
    const mute = await engineSocket(server, { perMessageDeflate: true })
    assert.equal(mute.extensions, '')
    const beats = mute.heard
    await next(mute, 'close')                   // the first beat would come after more than a second
    assert.deepEqual(beats.filter((text) => text === '2'), [])
    const elsewhere = connect(server.port, '::1')
    assert.match((await once(elsewhere, 'error'))[0].code, /ECONNREFUSED|EADDRNOTAVAIL/)
    await server.stop()
  })

  test('of echo reach the server', async () => {
    const server = await start('echo', '--ping-interval', '1234', '--ping-timeout=4321', '--no-deflate')
    const hello = await handshake(server, '/engine.io/')
    assert.deepEqual([hello.pingInterval, hello.pingTimeout], [1234, 4321])
    for (const path of ['/', '/engine.io/?EIO=4&transport=websocket']) {
      const socket = await websocket(server, path, { perMessageDeflate: true })
      assert.equal(socket.extensions, '')
      socket.close()
    }
    await server.stop()
  })

  test('that are wrong end every program with 2, and say why', async () => {
    for (const name of ['chat', 'conformance', 'echo', 'game', 'notify'])
      for (const [flags, why] of [[['--prot', '1'], '--prot: unknown'], [['--port'], '--port: a value is missing'],
        [['--port', '1x'], '--port: is no number'], [['--port', '99999999999'], '--port: is no number'], [['x'], 'x: unknown']]) {
        const program = Program.run(name, flags)
        assert.deepEqual([(await program.ended)[0], program.said], [2, `${why}\n`])
      }
  })

  test('that name a port which is taken end it with 1', async () => {
    const server = await start('echo')
    const second = Program.run('conformance', ['--port', `${server.port}`])
    assert.deepEqual([(await second.ended)[0], second.said], [1, 'listen: Address already in use\n'])
    const none = Program.run('conformance', ['--port', '65536'])
    assert.deepEqual([(await none.ended)[0], none.said], [1, 'listen: Invalid argument\n'])
    await server.stop()
  })
})

describe('echo', () => {
  let server
  before(async () => { server = await start('echo', ...PATIENT) })
  after(() => server?.stop())

  test('Engine.IO at /engine.io/: text and binary come back as they came', async () => {
    const hello = await handshake(server, '/engine.io/')
    assert.deepEqual([hello.pingInterval, hello.maxPayload, hello.upgrades], [300, MAX, ['websocket']])
    for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
      const engine = new Engine(server.ws, { path: '/engine.io/', transports })
      engine.binaryType = 'arraybuffer'
      await next(engine, 'open')
      for (const message of ['医生', '', Buffer.from([0, 255, 1])]) {
        const back = next(engine, 'message')
        engine.send(message)
        const [got = ''] = await back            // the client gives no data for an empty message
        assert.deepEqual(typeof got === 'string' ? got : Buffer.from(got), message, transports.join())
      }
      engine.close()
    }
    assert.ok((await polling(server, '/engine.io/', '&sid=none', FOREIGN)).headers.get('access-control-allow-origin'))
  })

  test('it lets a silent session live', async () => {
    const socket = await websocket(server, '/engine.io/?EIO=4&transport=websocket')
    while (socket.heard.filter((text) => text === '2').length < 5) {
      await next(socket, 'message')
      if (socket.heard.at(-1) === '2') socket.send('3')
    }
    socket.close()
  })

  test('a plain WebSocket anywhere else, from any origin', async () => {
    for (const path of ['/', '/chat', '/socket.io/', '/engine.io', '/a%20b?c=d']) {
      const socket = await websocket(server, path, FOREIGN)
      socket.send('医生')
      socket.send(Buffer.from([0, 255]))
      socket.send('')
      while (socket.heard.length < 3) await next(socket, 'message')
      assert.deepEqual(socket.heard, ['医生', Buffer.from([0, 255]), ''])
      socket.close()
    }
    assert.equal((await fetch(server.http)).status, 426)
  })

  test('messages up to 64 MiB, deflated and not; past it 1009', async () => {
    for (const perMessageDeflate of [true, false]) {
      const socket = await websocket(server, '/any', { perMessageDeflate })
      assert.equal(socket.extensions !== '', perMessageDeflate)
      const bytes = Buffer.alloc(64 << 20, 'a consult')
      socket.send(bytes)
      await next(socket, 'message')
      assert.ok(socket.heard[0].equals(bytes))
      socket.send(Buffer.alloc((64 << 20) + 1))
      assert.equal((await next(socket, 'close'))[0], 1009)
    }
  })

  test('no limit on fragments', async () => {
    const socket = await websocket(server, '/any', { perMessageDeflate: false })
    for (let n = 0; n < 20_000; n++) socket.send('x', { fin: false })
    socket.send('y')
    await next(socket, 'message')
    assert.equal(socket.heard[0], 'x'.repeat(20_000) + 'y')
    socket.close()
  })
})
