// session.test.mjs - logging in, staying logged in, being cut off: sockets and REST alike.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ask, next, Server, PASSWORD } from './server.mjs'

describe('sessions', () => {
  let server
  const header = (cookie) => ({ headers: { Cookie: cookie, 'X-Requested-With': 'e2e' } })

  before(async () => { server = await Server.start() })
  after(() => server?.stop())

  test('register makes a patient who is logged in; a taken login is a conflict', async () => {
    const body = { login: 'zhang.wei', password: 'correct horse', name: '张伟' }
    const made = await server.call('POST', '/api/v1/auth/register', { body })
    assert.equal(made.status, 201, made.text)
    assert.equal(made.body.user.role, 'patient')
    assert.match(made.headers.get('set-cookie'), /^__Host-refresh=\S{43}; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/)
    assert.equal((await server.call('GET', '/api/v1/me', { token: made.body.token })).body.user.name, '张伟')
    assert.equal((await server.call('POST', '/api/v1/auth/register', { body })).status, 409)
  })

  test('what is badly shaped is refused, what is wrong is unauthorized', async () => {
    for (const body of ['', '[]', '{"login":"a"}', '{"login":"patient1","login":"x","password":"y"}', { login: 'x' },
      { login: 'patient1', password: PASSWORD, role: 'admin' }]) {
      assert.equal((await server.call('POST', '/api/v1/auth/login', { body })).status, 400, JSON.stringify(body))
    }
    for (const login of ['patient1', 'nobody', 'NOT A LOGIN']) {
      const { status, body } = await server.call('POST', '/api/v1/auth/login', { body: { login, password: 'wrong-password' } })
      assert.deepEqual([status, body.code], [401, 'unauthorized'])
    }
  })

  test('a refresh rotates the cookie; a form of another site cannot', async () => {
    const { cookie } = await server.login('patient1')
    assert.equal((await server.call('POST', '/api/v1/auth/refresh', { headers: { Cookie: cookie } })).status, 400)
    const first = await server.call('POST', '/api/v1/auth/refresh', header(cookie))
    assert.equal(first.status, 200, first.text)
    const newer = first.headers.get('set-cookie').split(';')[0]
    assert.notEqual(newer, cookie)
    // Two tabs with one cookie: both go on, and end with the same one.
    const raced = await server.call('POST', '/api/v1/auth/refresh', header(cookie))
    assert.equal(raced.status, 200)
    assert.equal((await server.call('POST', '/api/v1/auth/refresh', header(newer))).status, 200)
    assert.equal((await server.call('POST', '/api/v1/auth/refresh')).status, 400)
    assert.equal((await server.call('POST', '/api/v1/auth/refresh', header('__Host-refresh=' + 'A'.repeat(43)))).status, 401)
  })

  test('logout ends the session everywhere: REST, refresh and live sockets', async () => {
    const { token, cookie } = await server.login('patient1')
    const socket = await server.connect(token, { reconnection: false })
    const cut = next(socket, 'disconnect')
    const out = await server.call('POST', '/api/v1/auth/logout', header(cookie))
    assert.equal(out.status, 204)
    await cut
    assert.equal((await server.call('GET', '/api/v1/me', { token })).status, 401)
    assert.equal((await server.call('POST', '/api/v1/auth/refresh', header(cookie))).status, 401)
    await assert.rejects(server.connect(token, { reconnection: false }), (error) => error.data?.code === 'unauthorized')
  })

  test('a socket without a good token is refused with a code', async () => {
    for (const token of [undefined, '', 'a.b.c', 'x'.repeat(20000)]) {
      await assert.rejects(server.connect(token, { reconnection: false }), (error) => error.data?.code === 'unauthorized')
    }
  })

  test('too many failures lock that account for a while, not the other', async () => {
    let last
    for (let i = 0; i < 21; i++) {
      last = await server.call('POST', '/api/v1/auth/login', { body: { login: 'patient2', password: 'wrong-password' } })
    }
    assert.equal(last.status, 429)
    assert.ok(Number(last.headers.get('retry-after')) > 0)
    await server.login('patient1')
  })
})

describe('a short token', () => {
  let server
  before(async () => { server = await Server.start(['--access-token-s', '3']) })
  after(() => server?.stop())

  test('ends the socket at its end, unless it is renewed', async () => {
    const one = await server.login('patient1')
    const kept = await server.connect(one.token, { reconnection: false })
    const left = await server.connect(one.token, { reconnection: false })
    const cut = next(left, 'disconnect')
    const fresh = await server.call('POST', '/api/v1/auth/refresh',
      { headers: { Cookie: one.cookie, 'X-Requested-With': 'e2e' } })
    const other = await server.login('patient2')
    assert.equal((await ask(kept, 'auth:renew', { token: other.token })).error.code, 'unauthorized')
    let renewing = fresh.body.token
    assert.equal((await ask(kept, 'auth:renew', { token: renewing })).ok, true)
    await cut
    assert.equal(kept.connected || fresh.body.expiresAt === one.expiresAt, true)
    kept.close()
  })
})
