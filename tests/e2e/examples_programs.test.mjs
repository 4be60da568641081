// examples_programs.test.mjs - examples/chat, notify, game and own_loop, used as their pages and users do.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { Program, next, programPath } from './program.mjs'
import { freePort, until } from './server.mjs'

const connected = async (url, options = {}) => {
  const socket = io(url, { forceNew: true, ...options })
  await next(socket, 'connect')
  return socket
}

describe('chat', () => {
  let server, port
  before(async () => {
    port = await freePort()
    server = await Program.start('chat', port, '--port', `${port}`)
  })
  after(() => server?.stop())

  const meetAtChat = async (port) => {
    const all = [0, 1, 2].map(() => new WebSocket(`ws://localhost:${port}/chat`))
    await Promise.all(all.map((socket) => once(socket, 'open')))
    const heard = all.map((socket) => once(socket, 'message'))
    all[1].send('hello, 医生')
    for (const [message, binary] of await Promise.all(heard)) assert.deepEqual([message.toString(), binary], ['hello, 医生', false])
    const closed = all.map((socket) => once(socket, 'close'))
    for (const socket of all) socket.close()
    for (const close of await Promise.all(closed)) assert.equal(close[0], 1005)
  }

  test('what one says at /chat, everybody there hears', () => meetAtChat(port))

  test('its port is 8888 when nobody says another', async () => {
    // Somebody else on this machine may try the same just now.
    await until(() => fetch('http://localhost:8888/').then(() => false, () => true), 'port 8888')
    const chat = await until(() => Program.start('chat', 8888).catch((error) => {
      if (!error.message.includes('listen: Address already in use')) throw error
    }), 'port 8888')
    await meetAtChat(8888)
    await chat.stop()
  })

  test('a room of Socket.IO hears the others', async () => {
    const [a, b] = await Promise.all([connected(`http://localhost:${port}`), connected(`http://localhost:${port}`)])
    assert.equal(await a.emitWithAck('say', 'ward', 'not in it'), false)
    assert.equal(await a.emitWithAck('join', 'ward'), true)
    assert.equal(await b.emitWithAck('join', 'ward'), true)
    assert.equal(await b.emitWithAck('join', 'x'.repeat(64)), false)
    const said = next(b, 'said')
    a.on('said', () => assert.fail('heard itself'))
    assert.equal(await a.emitWithAck('say', 'ward', 'hello', 1), true)
    assert.deepEqual(await said, ['hello', 1])
    a.close()
    b.close()
  })

  test('its page is HTML', async () => {
    const page = await fetch(`http://localhost:${port}/`)
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(await page.text(), /socket\.io/)
  })
})

describe('notify', () => {
  let server, port, inner
  before(async () => {
    [port, inner] = [await freePort(), await freePort()]
    server = await Program.start('notify', port, '--port', `${port}`, '--inner-port', `${inner}`)
  })
  after(() => server?.stop())

  const post = (body, { query = '?user=anna', ...more } = {}) => fetch(`http://localhost:${inner}/notify${query}`,
    { method: 'POST', body, headers: { 'Content-Type': 'application/json' }, ...more })
  const page = (user) => connected(`http://localhost:${port}`, { auth: { user } })

  test('what is posted rings on every page of its user, and on no other', async () => {
    const [first, second, other] = await Promise.all([page('anna'), page('anna'), page('李')])
    other.on('notification', () => assert.fail('not for him'))
    for (const note of ['Dr. Li waits', { at: '10:30', room: [4] }, null]) {
      const rung = [next(first, 'notification'), next(second, 'notification')]
      const reply = await post(JSON.stringify(note))
      assert.deepEqual([reply.status, await reply.json()], [200, { reached: 2 }])
      for (const [got] of await Promise.all(rung)) assert.deepEqual(got, note)
    }
    assert.deepEqual(await (await post('1', { query: '?user=nobody' })).json(), { reached: 0 })
    other.off('notification')
    const rung = next(other, 'notification')
    assert.deepEqual(await (await post('"你好"', { query: `?user=${encodeURIComponent('李')}` })).json(), { reached: 1 })
    assert.deepEqual(await rung, ['你好'])
    for (const socket of [first, second, other]) socket.close()
  })

  test('what cannot be one is refused, with the reason', async () => {
    const refused = async (reply) => [(await reply).status, (await (await reply).json()).detail]
    assert.deepEqual(await refused(post('{"half":')), [400, 'The body is not JSON.'])
    assert.deepEqual(await refused(post('1', { query: '' })), [400, 'Which user?'])
    assert.deepEqual(await refused(post('1', { query: '?user=' })), [400, 'Which user?'])
    assert.deepEqual(await refused(post('1', { query: `?user=${'x'.repeat(64)}` })), [400, 'Which user?'])
    assert.deepEqual(await refused(post('1', { headers: { 'Content-Type': 'text/plain' } })), [415, 'POST application/json here.'])
    const got = await fetch(`http://localhost:${inner}/notify?user=anna`)
    assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST'])
    assert.equal((await fetch(`http://localhost:${port}/notify?user=anna`, { method: 'POST' })).status, 404)
    assert.equal((await post('x'.repeat(1_000_001))).status, 413)
  })

  test('who says not who he is, is not let in', async () => {
    for (const auth of [{}, { user: '' }, { user: 1 }, { user: 'x'.repeat(64) }]) {
      const socket = io(`http://localhost:${port}`, { forceNew: true, auth })
      assert.equal((await next(socket, 'connect_error'))[0].message, 'Who are you?')
      socket.close()
    }
  })
})

describe('game', () => {
  let server, port
  before(async () => {
    port = await freePort()
    server = await Program.start('game', port, '--port', `${port}`)
  })
  after(() => server?.stop())

  // The first state that holds what is asked for.
  const state = (socket, holds) => new Promise((done) => {
    const look = (turn, players) => {
      if (!holds(players)) return
      socket.off('state', look)
      done([turn, players])
    }
    socket.on('state', look)
  })

  test('everybody sees who plays and where, turn by turn', async () => {
    const [a, b] = await Promise.all([connected(`http://localhost:${port}`, { transports: ['websocket'] }), connected(`http://localhost:${port}`)])
    const of = (players, socket) => players.find(({ id }) => id === socket.id)
    const turns = []
    b.on('state', (turn) => turns.push(turn))
    const [, both] = await state(a, (players) => players.length === 2)
    assert.deepEqual(of(both, b), { id: b.id, x: 320, y: 180 })
    b.emit('steer', 1, -1)
    await state(a, (players) => of(players, b).x > 330 && of(players, b).y < 170)
    b.emit('steer', 1000, 'up')                 // no way to steer: nothing changes
    await state(b, (players) => of(players, b).x === 640 && of(players, b).y === 0)
    b.emit('steer', -9, 0)                      // no faster than others
    const [from, before] = await state(a, (players) => of(players, b).x < 600)
    const [to, after] = await state(a, (players) => of(players, b).x < 500)
    assert.equal(of(before, b).x - of(after, b).x, 5 * (to - from))
    assert.ok(turns.length > 20)
    assert.deepEqual(turns, [...turns].sort((one, two) => one - two))
    b.close()
    await state(a, (players) => players.length === 1)
    a.close()
  })

  test('a field that was empty goes on', async () => {
    const a = await connected(`http://localhost:${port}`)
    await state(a, (players) => players.length === 1)
    a.close()
  })
})

describe('own_loop', () => {
  // As inetd does: a process a connection, which is its standard input.
  let inetd, ends
  before(async () => {
    ends = []
    inetd = createServer({ pauseOnConnect: true }, (socket) => {
      const child = spawn(programPath('own_loop'), { stdio: [socket, 'pipe', 'pipe'] })
      ends.push(new Promise((done) => child.once('exit', (...end) => { socket.destroy(); done(end) })))
    })
    inetd.listen(0, '127.0.0.1')
    await once(inetd, 'listening')
  })
  after(async () => {
    inetd.close()
    for (const end of ends) assert.deepEqual(await end, [0, null])
  })

  test('echoes on a loop of its own', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${inetd.address().port}/any`)
    await once(socket, 'open')
    for (const message of ['医生', '', Buffer.from([0, 255]), Buffer.alloc(900_000, 'x')]) {
      const back = once(socket, 'message')
      socket.send(message)
      const [got, binary] = await back
      assert.deepEqual(binary ? got : got.toString(), message)
    }
    socket.close(4000, 'bye')
    assert.equal((await once(socket, 'close'))[0], 4000)
  })

  test('answers what is no handshake, and what is no HTTP not at all', async () => {
    const url = `http://127.0.0.1:${inetd.address().port}/`
    assert.equal((await fetch(url)).status, 426)
    const raw = connect(inetd.address().port, '127.0.0.1')
    raw.end('nonsense\r\n\r\n')
    await once(raw, 'close')
  })
})
