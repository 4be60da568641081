// oidc.test.mjs - logging in by an account center: a real oidc-provider on loopback.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Center } from './oidc_center.mjs'
import { freePort, next, PASSWORD, Server, until } from './server.mjs'

describe('account center', () => {
  let server, center, folder
  const exchange = (token, to = server) => to.call('POST', '/api/v1/auth/exchange', { body: { token } })
  const exchanged = async (token, to) => {
    const reply = await exchange(token, to)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const refusal = (reply) => reply.text.replace(/"requestId":"[^"]*"/, '')

  before(async () => {
    const port = await freePort()
    folder = mkdtempSync(join(tmpdir(), 'consultd-oidc-'))
    const file = Center.prototype.settings.call({ port, issuer: `http://127.0.0.1:${port}` }, folder)
    server = await Server.start(['--oidc-issuer', file, '--oidc-refetch-s', '1'])
    const back = `http://localhost:${server.port}/api/v1/auth/oidc`
    center = await Center.start({ consultd: { redirect: `${back}/callback`, logout: `${back}/backchannel-logout` },
      app: { alg: 'RS256' }, 'app-es': { alg: 'ES256' }, 'app-ps': { alg: 'PS256' }, stranger: {} }, port)
  })
  after(async () => {
    await center?.down()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('who is up only now is reached; a first login makes a patient, and he stays the same', async () => {
    const { id_token } = await center.tokens('li')
    await until(async () => (await exchange(id_token)).status === 200, 'the keys')
    const li = await exchanged(id_token)
    assert.deepEqual([li.user.role, li.user.name, li.user.login], ['patient', '李患者', undefined])
    assert.equal((await server.call('GET', '/api/v1/me/patients', { token: li.token })).body.items.length, 1)
    assert.equal((await exchanged((await center.tokens('li')).id_token)).user.id, li.user.id)
  })

  test('a role is what the claims map to, never by an address; an unknown one is no more than a patient', async () => {
    const wang = await exchanged((await center.tokens('wang', { scope: 'openid profile email' })).id_token)
    assert.deepEqual([wang.user.role, wang.user.clinic.name], ['doctor', '仁和互联网诊所 Renhe Clinic'])
    assert.notEqual(wang.user.id, (await exchanged((await center.tokens('li', { scope: 'openid profile email' })).id_token)).user.id)
    assert.equal((await exchanged((await center.tokens('boss')).id_token)).user.role, 'patient')
    center.people.boss.roles.push('clinic-desk')
    const { status, body } = await exchange((await center.tokens('boss')).id_token)
    assert.deepEqual([status, body.code, body.why], [403, 'forbidden', 'role-changed'])
  })

  test('the access token of another app logs in, too; by a socket without an exchange, in one session', async () => {
    const { access_token } = await center.tokens('wang')
    assert.equal((await exchanged(access_token)).user.name, '王医生')
    const socket = await server.connect(access_token, { reconnection: false })
    const again = await server.connect(access_token, { reconnection: false })
    socket.close()
    again.close()
  })

  // A browser at our pages: its cookies, and no redirect followed unseen.
  const visitor = () => {
    const jar = new Map()
    const go = async (url) => {
      const reply = await fetch(new URL(url, `http://localhost:${server.port}`), { redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } })
      for (const cookie of reply.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      return { status: reply.status, location: reply.headers.get('location'), cookies: reply.headers.getSetCookie() }
    }
    return { jar, go, refresh: () => server.call('POST', '/api/v1/auth/refresh',
      { headers: { cookie: `__Host-refresh=${jar.get('__Host-refresh')}`, 'x-requested-with': 'test' } }) }
  }
  const start = '/api/v1/auth/oidc/start?issuer=center'

  test('a browser logs in by code and PKCE, and goes on where it wanted to', async () => {
    const page = visitor(), li = center.browser()
    const there = await page.go(`${start}&next=${encodeURIComponent('/doctors?x=1')}`)
    assert.equal(there.status, 302)
    assert.match(there.cookies[0], /^__Host-oidc=[\w-]+; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/)
    const asked = new URL(there.location).searchParams
    assert.deepEqual([asked.get('code_challenge_method'), asked.get('scope'), asked.get('client_id')], ['S256', 'openid profile', 'consultd'])
    const back = await li.login('li', there.location)
    const done = await page.go(back)
    assert.equal(done.location, `/login?center=done&next=${encodeURIComponent('/doctors?x=1')}`)
    assert.ok(!page.jar.has('__Host-oidc'), 'the flow is over')
    const { status, body } = await page.refresh()
    assert.deepEqual([status, body.user.name, body.user.role], [200, '李患者', 'patient'])

    // The same answer again, with the same cookie as then, counts no more.
    const twice = visitor()
    twice.jar.set('__Host-oidc', there.cookies[0].split(/[=;]/)[1])
    assert.equal((await twice.go(back)).location, '/login?center=refused')
  })

  test('what comes back otherwise than it went comes to nothing', async () => {
    const go = async (bend, { other = false } = {}) => {
      const page = visitor(), there = await page.go(start)
      const back = new URL(await center.browser().login('li', there.location))
      bend(back.searchParams, page)
      const { location, cookies } = await (other ? visitor() : page).go(back.href)
      assert.ok(!cookies.some((cookie) => cookie.startsWith('__Host-refresh')))
      return location
    }
    const refused = '/login?center=refused'
    assert.equal(await go((back) => back.set('state', back.get('state').replace(/^./, (c) => c === 'x' ? 'y' : 'x'))), refused)
    assert.equal(await go((back) => back.delete('state')), refused)
    assert.equal(await go((back) => back.set('iss', 'https://evil.example')), refused, 'mix-up')
    assert.equal(await go((back) => back.delete('iss')), refused, 'it always says who it is')
    assert.equal(await go((back) => back.set('code', 'of-nobody')), refused)
    assert.equal(await go((back) => { back.delete('code'); back.set('error', 'access_denied') }), refused)
    assert.equal(await go(() => {}, { other: true }), refused, 'another browser')
    assert.equal(await go((_, page) => page.jar.set('__Host-oidc', `${page.jar.get('__Host-oidc').slice(0, -8)}AAAAAAAA`)), refused)
    let code
    await go((back) => { code = back.get('code'); back.delete('state') })
    assert.equal(await go((back) => back.set('code', code)), refused, 'a code of another login: PKCE')
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/api/v1/me'])
      assert.equal((await visitor().go(`${start}&next=${encodeURIComponent(next)}`)).location, refused)
    assert.equal((await visitor().go('/api/v1/auth/oidc/start?issuer=none')).location, refused)
  })

  test('a logout at the center cuts sockets, ends the session, and what it signed before logs nobody in', async () => {
    const page = visitor(), browser = center.browser()
    await page.go(await browser.login('desk', (await page.go(start)).location))
    const { token } = (await page.refresh()).body
    const { id_token } = await center.tokens('desk', { client: 'consultd', browser })
    const socket = await server.connect(id_token, { reconnection: false }), own = await server.connect(token, { reconnection: false })
    const other = await server.connect((await exchanged((await center.tokens('li')).id_token)).token, { reconnection: false })
    const cut = Promise.all([next(socket, 'disconnect'), next(own, 'disconnect')])
    const began = Date.now()
    await browser.logout()
    await cut
    console.log(`# cut after ${Date.now() - began} ms, the center's part included`)
    assert.equal((await server.call('GET', '/api/v1/me', { token })).status, 401)
    assert.equal((await page.refresh()).status, 401)
    assert.equal((await exchange(id_token)).status, 401)
    assert.ok(other.connected)
    other.close()
    await exchanged((await center.tokens('desk', { client: 'consultd' })).id_token)
    const again = { body: String(new URLSearchParams({ logout_token: id_token })), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }
    assert.equal((await server.call('POST', '/api/v1/auth/oidc/backchannel-logout', again)).status, 400, 'an ID token is no logout token')
  })

  test('all bad tokens get the same words', async () => {
    const good = (await center.tokens('li')).id_token, [head, claims, signature] = good.split('.')
    const text = (part) => Buffer.from(part, 'base64url').toString()
    const bent = (change) => Buffer.from(JSON.stringify({ ...JSON.parse(text(claims)), ...change })).toString('base64url')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const wrong = [`${head}.${claims}.${signature.slice(0, -2)}AA`, `${none}.${claims}.`, `${head}.${bent({ roles: ['clinic-doctor'] })}.${signature}`,
      `${head}.${bent({ iss: 'https://evil.example' })}.${signature}`, (await center.tokens('li', { client: 'stranger' })).id_token,
      (await center.token('app', { grant_type: 'client_credentials', resource: 'urn:consultd:api', scope: 'api' })).access_token, 'a.b.c', '', 'x'.repeat(9000)]
    const said = new Set()
    for (const token of wrong) {
      const reply = await exchange(token)
      assert.equal(reply.status, 401, `${token}: ${reply.text}`)
      said.add(refusal(reply))
      await assert.rejects(server.connect(token, { reconnection: false }), (error) => error.data?.code === 'unauthorized')
    }
    assert.equal(said.size, 1)
    for (const client of ['app-es', 'app-ps']) assert.equal((await exchange((await center.tokens('li', { client })).id_token)).status, 200)
  })

  test('keys rotate without a restart; an outage keeps the last good set', async () => {
    const old = (await center.tokens('li')).id_token
    await center.rotate()
    const { id_token } = await center.tokens('li')
    await until(async () => (await exchange(id_token)).status === 200, 'the new keys')
    assert.equal((await exchange(old)).status, 401, 'the old ones are gone')
    await center.down()
    assert.equal((await exchange(id_token)).status, 200)
    assert.equal((await exchange(old)).status, 401, 'asks in vain')
    assert.equal((await exchange(id_token)).status, 200, 'still')
    await center.up()
    assert.equal((await exchange((await center.tokens('wang')).id_token)).status, 200)
  })

  test('from a session one links a login to the account that is there, and confirms who he is', async () => {
    const patient = await server.login('patient2'), browser = center.browser()
    const go = async (body, session, browser) => {
      const reply = await server.call('POST', '/api/v1/me/identities', { token: session.token, body })
      assert.equal(reply.status, 200, reply.text)
      const page = visitor()
      page.jar.set('__Host-oidc', reply.headers.get('set-cookie').split(/[=;]/)[1])
      return (await page.go(await browser.login('nobody', reply.body.location))).location
    }
    center.people.nobody = { name: 'Nobody', roles: ['clinic-doctor'] }
    assert.equal(await go({ purpose: 'link', next: '/settings' }, patient, browser), '/settings')
    const linked = await exchanged((await center.tokens('nobody', { browser })).id_token)
    assert.deepEqual([linked.user.id, linked.user.role], [patient.user.id, 'patient'], 'he is what he was')
    const other = await server.login('patient1')
    assert.equal(await go({ purpose: 'link' }, other, browser), '/login?center=taken')
    assert.equal(await go({ purpose: 'confirm', next: '/x' }, patient, browser), '/x')
    assert.equal(await go({ purpose: 'confirm' }, other, browser), '/login?center=refused', 'of somebody else')
  })

  test('without local accounts only an admin comes in by a password', async () => {
    const closed = await Server.start(['--local-accounts=off', '--oidc-issuer', center.settings(folder)])
    const said = new Set()
    for (const [login, password] of [['patient1', PASSWORD], ['patient1', 'wrong one'], ['admin', 'wrong one'], ['no', 'x'], ['nobody', 'wrong one']]) {
      const reply = await closed.call('POST', '/api/v1/auth/login', { body: { login, password } })
      assert.deepEqual([reply.status, reply.body.why], [403, 'local-accounts-off'])
      said.add(refusal(reply))
    }
    assert.equal(said.size, 1)
    assert.equal((await closed.call('POST', '/api/v1/auth/register', { body: { login: 'new.one', password: PASSWORD, name: 'N' } })).status, 403)
    assert.equal((await closed.login('admin')).user.role, 'admin')
    assert.deepEqual((await closed.call('GET', '/api/v1/auth/methods')).body, { local: false, issuers: [{ id: 'center', name: '账号中心' }] })
    await closed.stop()
  })

  test('a flood by unknown keys asks the center once', async () => {
    const slow = await Server.start(['--oidc-issuer', center.settings(folder)])
    const { id_token } = await center.tokens('li')
    await until(async () => (await exchange(id_token, slow)).status === 200, 'the keys')
    const [, claims, signature] = id_token.split('.')
    center.asked.length = 0
    for (let i = 0; i < 30; i++) {
      const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `made-up-${i}` })).toString('base64url')
      assert.equal((await exchange(`${head}.${claims}.${signature}`, slow)).status, 401)
    }
    assert.deepEqual(center.asked, [], 'within a minute of the last time, not at all')
    await slow.stop()
  })
})
