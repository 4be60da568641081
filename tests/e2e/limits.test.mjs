// limits.test.mjs - limits that are settings, on both sides, as a client meets them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { io } from 'socket.io-client'
import WebSocket from 'ws'
import { Server, ask, until } from './server.mjs'

const binary = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'consultd')

// Asking whether it is ready leaves no connection behind.
class Counted extends Server {
  isReady() {
    return get(this, '/readyz').then((r) => r.status === 200, () => false)
  }
}

async function withServer(flags, use) {
  const server = await Counted.start(flags)
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

const get = (server, path, options = {}) => new Promise((done, fail) => {
  http.get(server.url + path, { agent: false, ...options }, (reply) => {
    let text = ''
    reply.on('data', (piece) => { text += piece })
    reply.on('end', () => done({ status: reply.statusCode, text }))
  }).on('error', fail)
})

// A session that never logs in: it opens, and that is all.
const lurk = (server, localAddress) => get(server, '/socket.io/?EIO=4&transport=polling', { localAddress })

const lurkByWebSocket = (server) => new WebSocket(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`)

const BUSY = { status: 503, text: '{"message":"Service unavailable"}' }

describe('who has not logged in', () => {
  test('is let in so many times from one address; who has does not count', () =>
    withServer(['--unauthenticated-per-address-max', '3', '--connect-timeout-ms', '2000'], async (server) => {
      const { token } = await server.login('patient1')
      const inside = []
      for (let i = 0; i < 5; i++) inside.push(await server.connect(token))

      await once(lurkByWebSocket(server), 'open')
      for (let i = 0; i < 2; i++) assert.equal((await lurk(server)).status, 200)
      assert.deepEqual(await lurk(server), BUSY)
      assert.match((await once(lurkByWebSocket(server), 'error'))[0].message, /503/)
      assert.equal((await lurk(server, '127.0.0.2')).status, 200)
      assert.match(server.log, /event=live\.crowd peer=127\.0\.0\.1/)

      // The official client learns the status, and gets in by itself when another one was sent away.
      const late = io(server.url, { auth: { token }, forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 300 })
      const [error] = await once(late, 'connect_error')
      assert.equal(error.description, 503)
      await once(late, 'connect')
      for (const socket of [late, ...inside]) {
        assert.equal(socket.connected, true)
        socket.close()
      }
    }))

  test('is counted out however it leaves', () =>
    withServer(['--unauthenticated-per-address-max', '2', '--connect-timeout-ms', '60000'], async (server) => {
      const { token } = await server.login('patient1')
      for (let round = 0; round < 3; round++) {
        await assert.rejects(server.connect('nonsense', { reconnection: false }), (error) => error.data.code === 'unauthorized')
        const cut = lurkByWebSocket(server)
        await once(cut, 'open')
        cut.terminate()
        const socket = await server.connect(token)
        socket.close()
      }
      await until(async () => (await lurk(server)).status === 200, 'room for one')
      await until(async () => (await lurk(server)).status === 200, 'room for two')
      assert.deepEqual(await lurk(server), BUSY)
    }))

  test('says little: a message of unauthenticated-message-max bytes, and no more', () =>
    withServer(['--unauthenticated-message-max', '5000'], async (server) => {
      const { token } = await server.login('patient1')
      const text = (size) => '你'.repeat(size / 3)
      const socket = await server.connect(token)                    // who is in may say more
      assert.equal((await ask(socket, 'auth:renew', { token, text: text(9000) })).error.code, 'bad-request')
      socket.close()
      const small = await server.connect(token, { auth: { token, text: text(3000) } })
      small.close()
      const large = server.connect(token, { auth: { token, text: text(6000) }, reconnection: false })
      await assert.rejects(large, (error) => error.message === 'xhr post error' && error.description === 413)
      const websocket = lurkByWebSocket(server)
      await once(websocket, 'open')
      websocket.send(`40${JSON.stringify({ token, text: text(6000) })}`)
      assert.equal((await once(websocket, 'close'))[0], 1009)
    }))

  test('is let in so many times in all', () =>
    withServer(['--unauthenticated-max', '4'], async (server) => {
      for (let i = 1; i <= 4; i++) assert.equal((await lurk(server, `127.0.0.${i}`)).status, 200)
      assert.deepEqual(await lurk(server, '127.0.0.5'), BUSY)
    }))
})

describe('a packet', () => {
  // The code of an event's answer, or why there was none.
  const fate = (socket, ...args) => socket.timeout(20_000).emitWithAck(...args).then((answer) => answer.error.code, (error) => error.message)
  const cut = 'socket has been disconnected'

  test('has at most attachments-max attachments', () =>
    withServer(['--attachments-max', '2'], async (server) => {
      const socket = await server.connect((await server.login('patient1')).token, { reconnection: false })
      const bytes = Buffer.from('x')
      assert.equal(await fate(socket, 'message:send', { a: [bytes, bytes] }), 'bad-request')
      assert.equal(await fate(socket, 'message:send', { a: [bytes, bytes, bytes] }), cut)
    }))

  test('has at most arguments-max arguments', () =>
    withServer(['--arguments-max', '3'], async (server) => {
      const { token } = await server.login('patient1')
      const socket = await server.connect(token, { reconnection: false })
      assert.equal(await fate(socket, 'message:send', 1, 2, 3), 'bad-request')
      assert.equal(await fate(socket, 'message:send', 1, 2, 3, 4), cut)
    }))
})

describe('the server', () => {
  test('holds connections-max connections, closes one more, and goes on', () =>
    withServer(['--connections-max', '8'], async (server) => {
      // Held is who was answered: the connection that asked for readiness may still be ending when the first come.
      const held = []
      const hold = async () => {
        const wire = net.connect(server.port, '127.0.0.1').on('error', () => {})
        wire.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
        const answered = await new Promise((done) => wire.once('data', () => done(true)).once('close', () => done(false)))
        if (answered) held.push(wire)
        return answered
      }

      for (let i = 0; i < 8; i++) await until(hold, 'a connection that is held')
      await assert.rejects(get(server, '/healthz'))
      assert.deepEqual(held.map((wire) => wire.destroyed), Array(8).fill(false))
      assert.match(server.log, /event=conn\.limit/)
      for (const wire of held) wire.destroy()
      await until(() => get(server, '/healthz').then((r) => r.status === 200, () => false), 'room again')
    }))

  // A client that never answers a goodbye holds the end up, but for no longer than that.
  const stubborn = async (server) => {
    const wire = net.connect(server.port, '127.0.0.1')
    wire.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
      + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    await once(wire, 'data')
    return wire
  }

  test('waits for drain-ms at its end, and no longer', async () => {
    const quick = await Server.start(['--drain-ms', '100'])
    const slow = await Server.start(['--drain-ms', '600000'])
    const wires = [await stubborn(quick), await stubborn(slow)]
    quick.process.kill('SIGTERM')
    slow.process.kill('SIGTERM')
    await quick.ended
    assert.equal(slow.process.exitCode, null)
    wires[1].destroy()                       // it waited for this one only
    await slow.ended
    await quick.stop()
    await slow.stop()
  })

  test('migrates nothing with no-migrate, and starts where nothing is to be done', async () => {
    const data = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    const refuse = (hint) => {
      const refused = spawnSync(binary, ['serve', '--listen', 'localhost:0', '--data', data, '--no-migrate'], { encoding: 'utf8', timeout: 20_000 })
      assert.equal(refused.status, 1)
      assert.match(refused.stderr, hint)
    }
    refuse(/event=data\.older .*without --no-migrate/)
    let server = await Server.start([], { data })
    await server.stop({ keep: true })
    server = await Server.start(['--no-migrate'], { data })
    await server.stop({ keep: true })
    const older = spawnSync('python3', ['-c',
      'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute("DELETE FROM schema_version WHERE version > 1"); d.commit()',
      join(data, 'consultd.db')])
    assert.equal(older.status, 0, String(older.stderr))
    refuse(/event=data\.older/)
    rmSync(data, { recursive: true })
  })
})
