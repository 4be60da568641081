// tls.test.mjs - the whole product over https and wss, with clients nobody changed; and whom it refuses.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { Duplex } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import WebSocket from 'ws'
import { makeCertificate } from './certificate.mjs'
import { PASSWORD, Server, ask, clientId, next, until } from './server.mjs'

class SecureServer extends Server {
  static async start(flags = []) {
    const files = makeCertificate()
    const server = await super.start(['--tls-cert', files.certificate, '--tls-key', files.key, ...flags])
    server.files = files
    server.ca = files.pem
    return server
  }

  async run() {
    this.url = `https://localhost:${this.port}`
    await super.run()
  }

  // Its own certificate is not known yet when it starts.
  isReady() {
    return request(`${this.url}/readyz`, { rejectUnauthorized: false }).then((r) => r.status === 200, () => false)
  }

  connect(token, options = {}) {
    return super.connect(token, { ca: this.ca, ...options })
  }

  async call(method, path, { token, body, headers = {} } = {}) {
    const reply = await request(this.url + path, { method, ca: this.ca,
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers } },
    body === undefined ? undefined : JSON.stringify(body))
    return { ...reply, body: reply.text.startsWith('{') ? JSON.parse(reply.text) : undefined }
  }

  async login(login) {
    const { status, body, headers } = await this.call('POST', '/api/v1/auth/login', { body: { login, password: PASSWORD } })
    assert.equal(status, 200)
    return { ...body, setCookie: headers['set-cookie'][0] }
  }

  tls(options = {}) {
    return tls.connect({ port: this.port, host: '127.0.0.1', servername: 'localhost', ca: this.ca, ...options })
  }
}

const request = (url, options = {}, body) => new Promise((done, fail) => {
  const asked = https.request(url, { agent: false, ...options }, (reply) => {
    let text = ''
    reply.on('data', (piece) => { text += piece })
    reply.on('end', () => done({ status: reply.statusCode, headers: reply.headers, text }))
  })
  asked.on('error', fail)
  asked.end(body)
})

const openssl = (server, flags, input) => spawnSync('openssl',
  ['s_client', '-connect', `127.0.0.1:${server.port}`, '-CAfile', server.files.certificate, '-ign_eof', ...flags],
  { input, encoding: 'utf8', timeout: 20_000 })

// How a TLS client fared: 'connected', or the code of its error.
const outcome = (socket) => new Promise((done) => {
  socket.once('secureConnect', () => done('connected'))
  socket.once('error', (error) => done(error.code))
  socket.once('close', () => done('closed'))
}).finally(() => socket.destroy())

describe('TLS', () => {
  let server

  before(async () => { server = await SecureServer.start(['--listen', '127.1:0']) })     // not known as loopback
  after(async () => {
    await server.stop()
    rmSync(server.files.folder, { recursive: true })
  })

  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    test(`carries a consult by ${transports.join(', then ')}`, async () => {
      const [patient, doctor] = [await server.login('patient1'), await server.login('doctor1')]
      const ours = await server.connect(patient.token, { transports })
      const theirs = await server.connect(doctor.token, { transports })
      const started = await server.call('POST', '/api/v1/consultations',
        { token: patient.token, body: { doctor: doctor.user.id, text: 'hello', clientId: clientId() } })
      const consult = started.body.consult.id

      await until(() => ours.io.engine.transport.name === transports.at(-1), transports.at(-1))
      for (const socket of [ours, theirs]) assert.ok((await ask(socket, 'consult:join', { consult })).ok)
      const heard = next(theirs, 'message:new', (m) => m.text.length === 3000)
      const sent = await ask(ours, 'message:send', { consult, clientId: clientId(), kind: 'text', text: '好'.repeat(3000) })
      assert.ok(sent.ok, JSON.stringify(sent))
      assert.equal((await heard).seq, sent.message.seq)
      ours.close()
      theirs.close()
    })
  }

  test('says so to browsers: HSTS, a secure cookie that works, own pages only', async () => {
    const { setCookie } = await server.login('patient1')
    assert.match(setCookie, /^__Host-refresh=.*; Path=\/;.*; Secure;/)
    const cookie = setCookie.split(';')[0]
    const again = await server.call('POST', '/api/v1/auth/refresh', { body: {}, headers: { cookie, 'X-Requested-With': 'e2e' } })
    assert.equal(again.status, 200, again.text)
    assert.equal(again.headers['strict-transport-security'], 'max-age=31536000')
    const from = (Origin) => server.call('GET', '/socket.io/?EIO=4&transport=polling', { headers: { Origin } })
    assert.equal((await from(server.url)).status, 200)
    assert.equal((await from(server.url.replace('https', 'http'))).status, 403)
    const socket = new WebSocket(`${server.url.replace('https', 'wss')}/socket.io/?EIO=4&transport=websocket`,
      { ca: server.ca, origin: 'https://elsewhere.example' })
    const [error] = await once(socket, 'error')
    assert.match(error.message, /403/)
  })

  test('serves curl, and openssl s_client in both versions', () => {
    const curl = spawnSync('curl', ['-sS', '--cacert', server.files.certificate, `${server.url}/healthz`,
      '-o', '/dev/null', '-w', '%{http_code} %{ssl_verify_result} %{http_version}'], { encoding: 'utf8', timeout: 20_000 })
    assert.equal(curl.stdout, '200 0 1.1', curl.stderr)
    for (const [flag, version] of [['-tls1_2', 'TLSv1.2'], ['-tls1_3', 'TLSv1.3']]) {
      const { stdout, status } = openssl(server, [flag, '-alpn', 'h2,http/1.1', '-verify_return_error'],
        'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      assert.equal(status, 0)
      assert.match(stdout, /HTTP\/1\.1 200 OK/)
      assert.match(stdout, new RegExp(`New, ${version}, Cipher is (TLS_AES|ECDHE-ECDSA-AES128-GCM)`))
      assert.match(stdout, /ALPN protocol: http\/1\.1/)
      assert.match(stdout, /Compression: NONE/)
      assert.doesNotMatch(stdout, /TLS session ticket:|Reused/)
    }
  })

  test('refuses what is old, and what it does not speak', async () => {
    const weak = 'DEFAULT@SECLEVEL=0'
    assert.equal(await outcome(server.tls({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: weak })),
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    assert.equal(await outcome(server.tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA' })),
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')
    assert.equal(await outcome(server.tls({ ALPNProtocols: ['h2'] })), 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
    assert.equal(await outcome(server.tls({ ALPNProtocols: ['h2', 'http/1.1'] })), 'connected')
    assert.equal(await outcome(server.tls({ maxVersion: 'TLSv1.2' })), 'connected')
  })

  test('never renegotiates', async () => {
    const socket = server.tls({ maxVersion: 'TLSv1.2' })
    await once(socket, 'secureConnect')
    socket.renegotiate({}, () => {})
    const [error] = await once(socket, 'error')
    assert.equal(error.code, 'ERR_SSL_NO_RENEGOTIATION')
  })

  test('understands a client whose every segment is one byte', async () => {
    const wire = net.connect({ port: server.port, host: '127.0.0.1', noDelay: true })
    const drip = new Duplex({
      read() {},
      async write(bytes, _, done) {
        for (const byte of bytes) await new Promise((sent) => wire.write(Buffer.of(byte), sent))
        done()
      },
      final(done) { wire.end(done) },
    })
    wire.on('data', (bytes) => drip.push(bytes)).on('end', () => drip.push(null))
    const socket = tls.connect({ socket: drip, servername: 'localhost', ca: server.ca })
    socket.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    let text = ''
    for await (const piece of socket) text += piece
    assert.match(text, /^HTTP\/1\.1 200 OK/)
  })

  test('listens beyond loopback', () => {
    assert.match(server.log, /event=listen url=https:\/\/127\.1:/)
    assert.doesNotMatch(server.log, /event=tls\.key_open/)
  })

  test('tells plain HTTP what is spoken here', async () => {
    const reply = await fetch(`http://127.0.0.1:${server.port}/`)
    assert.equal(reply.status, 400)
    assert.match(await reply.text(), /speaks HTTPS/)
  })

  test('takes new files on SIGHUP, keeps the old ones when they are bad, and drops nobody', async () => {
    const shown = () => new Promise((done, fail) => {
      const socket = server.tls({ rejectUnauthorized: false })
      socket.once('secureConnect', () => { done(socket.getPeerCertificate().subject.CN); socket.destroy() })
      socket.once('error', fail)
    })
    const { token } = await server.login('patient1')
    const socket = await server.connect(token, { reconnection: false })
    let lost = false
    socket.on('disconnect', () => { lost = true })

    assert.equal(await shown(), 'localhost')
    server.ca = makeCertificate('renewed', server.files.folder).pem
    server.process.kill('SIGHUP')
    await until(async () => await shown() === 'renewed', 'the new certificate')

    writeFileSync(server.files.certificate, 'nonsense')
    server.process.kill('SIGHUP')
    await until(() => /event=tls\.files .*cert\.pem: no certificate in PEM.*the certificate in use stays/.test(server.log), 'the complaint')
    assert.equal(await shown(), 'renewed')

    assert.ok((await ask(socket, 'auth:renew', { token })).ok)
    assert.equal(lost, false)
    socket.close()
  })
})
