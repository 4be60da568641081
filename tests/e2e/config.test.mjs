// config.test.mjs - what the server refuses at start, and what it says then.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { makeCertificate } from './certificate.mjs'
import { Server } from './server.mjs'

const binary = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'consultd')
const run = (args, options = {}) => spawnSync(binary, args, { encoding: 'utf8', timeout: 20_000, ...options })

describe('starting', () => {
  test('a bad setting is refused by name', () => {
    const bad = run(['serve', '--ping-interval-ms', 'soon'])
    assert.equal(bad.status, 2)
    assert.match(bad.stderr, /ping-interval-ms must be a number from 50 to 600000, not "soon"/)
    assert.match(run(['serve', '--nonsense']).stderr, /--nonsense: no such setting/)
    assert.match(run(['serve'], { env: { CONSULTD_NONSENSE: '1' } }).stderr, /CONSULTD_NONSENSE in the environment/)
    assert.match(run(['serve', '--help']).stdout, /--ping-interval-ms/)
  })

  test('plain HTTP is refused beyond loopback, unless a proxy is trusted', () => {
    const data = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    const open = run(['serve', '--listen', '0.0.0.0:0', '--data', data])
    assert.equal(open.status, 1)
    assert.match(open.stderr, /event=listen\.plain .*0\.0\.0\.0:0.*only on loopback or behind --trusted-proxy/)
    for (const place of ['*:0', '[::]:0', '192.0.2.1:80'])
      assert.match(run(['serve', '--listen', 'localhost:0', '--listen', place, '--data', data]).stderr, /event=listen\.plain/)
    rmSync(data, { recursive: true })
  })

  // 127.1 is loopback, but nobody should have to know: it is spelled like no address.
  test('beyond loopback it serves behind a trusted proxy', async () => {
    const server = await Server.start(['--listen', '127.1:0', '--trusted-proxy', '127.0.0.1'])
    assert.match(server.log, /event=listen url=http:\/\/127\.1:/)
    await server.stop()
  })

  test('a certificate that cannot be used is named', () => {
    const [one, other] = [makeCertificate(), makeCertificate()]
    const start = (certificate, key) => {
      const refused = run(['serve', '--listen', '127.1:0', '--data', one.folder, '--tls-cert', certificate, '--tls-key', key])
      assert.equal(refused.status, 1)
      return refused.stderr
    }
    assert.match(start('/nowhere/cert.pem', one.key), /event=tls\.files error="\/nowhere\/cert\.pem: No such file/)
    assert.match(start(one.certificate, other.key), new RegExp(`event=tls\\.files error="${other.key}: not the key of .*${one.certificate}`))
    assert.match(run(['serve', '--tls-cert', one.certificate]).stderr, /tls-key is missing/)
    for (const { folder } of [one, other]) rmSync(folder, { recursive: true })
  })

  test('one data folder, one server; keys are for their owner only', async () => {
    const server = await Server.start()
    const second = run(['serve', '--listen', 'localhost:0', '--data', server.data])
    assert.equal(second.status, 1)
    assert.match(second.stderr, /event=data\.locked/)
    for (const key of ['seal.key', 'token.key']) assert.equal(statSync(join(server.data, key)).mode & 0o777, 0o600)
    await server.stop()
  })

  test('a folder with real data is no place for a demo', async () => {
    const data = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    const server = await Server.start([], { data })
    await server.stop({ keep: true })
    rmSync(join(data, 'demo'))
    const refused = run(['serve', '--listen', 'localhost:0', '--data', data, '--demo'])
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /event=demo\.refused/)
    rmSync(data, { recursive: true })
  })

  test('a newer database is refused, and left as it is', async () => {
    const server = await Server.start()
    await server.stop({ keep: true })
    const sql = spawnSync('python3', ['-c',
      `import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute("INSERT INTO schema_version VALUES(9999,'later',0)"); d.commit()`,
      join(server.data, 'consultd.db')])
    assert.equal(sql.status, 0, String(sql.stderr))
    const refused = run(['serve', '--listen', 'localhost:0', '--data', server.data])
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /event=data\.newer/)
    rmSync(server.data, { recursive: true })
  })

  test('user add makes a doctor who can log in, beside the running server', async () => {
    const server = await Server.start()
    const args = ['user', 'add', '--role', 'doctor', '--clinic', 'Second Clinic', '--login', 'dr.new', '--name', 'Dr New',
      '--title', 'GP', '--data', server.data]
    assert.equal(run(args, { input: 'short\n' }).status, 1)
    const added = run(args, { input: 'consultd-demo\n' })
    assert.equal(added.status, 0, added.stderr)
    assert.match(run(args, { input: 'consultd-demo\n' }).stderr, /the login dr\.new is taken/)
    assert.equal((await server.login('dr.new')).user.clinic.name, 'Second Clinic')
    await server.stop()
  })

  test('a config file is read, its bad line named', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'consultd-e2e-')), 'consultd.conf')
    writeFileSync(file, '# ours\nping-timeout-ms = never\n')
    assert.match(run(['serve', '--config', file]).stderr, /line 2: ping-timeout-ms must be a number/)
  })
})
