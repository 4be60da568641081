// oidc.test.mjs - logging in by an account center: a real oidc-provider on loopback.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Center } from './oidc_center.mjs'
import { freePort, next, Server, until } from './server.mjs'

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
})
