// comeback.test.mjs - connection state recovery: the official client loses its transport and comes back as the same.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { io } from 'socket.io-client'
import { next, PATIENCE_MS, Program } from './program.mjs'
import { freePort, sleep } from './server.mjs'

const MODES = { 'websocket only': ['websocket'], 'polling only': ['polling'], 'with the upgrade': ['polling', 'websocket'] }

for (const [mode, transports] of Object.entries(MODES)) {
  describe(`recovery, ${mode}`, () => {
    let server, port, a, b
    const open = (path = '') => io(`http://127.0.0.1:${port}${path}`,
      { transports, forceNew: true, reconnectionDelay: 200, reconnectionDelayMax: 300 })
    const ask = (socket, ...args) => socket.timeout(PATIENCE_MS).emitWithAck(...args)
    const lose = async (socket) => {
      const lost = next(socket, 'disconnect')
      socket.io.engine.close()
      await lost
    }

    before(async () => {
      port = await freePort()
      server = await Program.start('conformance', port, '--port', `${port}`, '--ping-interval', '500',
        '--ping-timeout', '10000', '--recovery', '60000')
    })
    after(() => server?.kill())
    const joined = async () => {
      a = open()
      b = open()
      await Promise.all([next(a, 'auth'), next(b, 'auth')])
      await new Promise((done) => b.emit('join', 'ward', done))
    }
    const leave = () => { a.close(); b.close() }

    test('the same id, the rooms, and all that was missed, once and in order', async () => {
      await joined()
      const { id } = b
      const heard = []
      b.on('said', (n) => heard.push(n))
      assert.equal(b.recovered, false)
      for (let round = 0; round < 3; round++) {
        const from = heard.length
        a.emit('to-room', 'ward', 'said', from)
        await lose(b)
        for (let n = from + 1; n < from + 20; n++) {
          a.emit('to-room', 'ward', 'said', n)
          a.emit('to-room', 'other', 'said', 'not his')
        }
        a.emit('broadcast', 'said', from + 20)
        const end = new Promise((done) => b.on('said', (n) => n === from + 20 && done()))
        await next(b, 'connect')
        await end
        assert.equal(b.recovered, true)
        assert.equal(b.id, id)
        assert.deepEqual(heard, [...heard.keys()])
        assert.equal(heard.length, from + 21)
      }
      a.emit('to-room', 'ward', 'said', heard.length)           // it is still in its room
      await next(b, 'said')
      leave()
    })

    test('binary that was missed', async () => {
      await joined()
      await lose(b)
      a.emit('to-room', 'ward', 'file', Buffer.from([1, 2, 3]), { deep: Buffer.from([4]) })
      const [alone, { deep }] = await next(b, 'file')
      assert.equal(b.recovered, true)
      assert.ok(Buffer.from([1, 2, 3]).equals(Buffer.from(alone)) && Buffer.from([4]).equals(Buffer.from(deep)))
      leave()
    })

    test('acknowledgements go on', async () => {
      await joined()
      await lose(b)
      await next(b, 'connect')
      assert.equal(b.recovered, true)
      assert.equal(await ask(b, 'message-with-ack', 'still'), 'still')
      leave()
    })

    test('who leaves, or is sent away, does not come back', async () => {
      await joined()
      const { id } = b
      b.disconnect()
      b.connect()
      await next(b, 'connect')
      assert.equal(b.recovered, false)
      assert.notEqual(b.id, id)
      const ended = next(b, 'disconnect')
      b.emit('disconnect-me', false)
      await ended
      b.connect()
      await next(b, 'connect')
      assert.equal(b.recovered, false)
      leave()
    })

    test('another namespace has its own state', async () => {
      const custom = open('/custom')
      await next(custom, 'auth')
      await lose(custom)
      await next(custom, 'connect')
      assert.equal(custom.recovered, true)
      custom.close()
    })
  })
}

test('it is over after its time', async () => {
  const port = await freePort()
  const server = await Program.start('conformance', port, '--port', `${port}`, '--recovery', '1')
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnectionDelay: 300, reconnectionDelayMax: 400 })
  await next(socket, 'auth')
  const { id } = socket
  const lost = next(socket, 'disconnect')
  socket.io.engine.close()
  await lost
  await sleep(10)
  await next(socket, 'connect')
  assert.equal(socket.recovered, false)
  assert.notEqual(socket.id, id)
  socket.close()
  await server.kill()
})
