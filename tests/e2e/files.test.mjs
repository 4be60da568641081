// files.test.mjs - what people show each other: it arrives whole, is what it is, and is seen by who may.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, clientId, next, Server, until } from './server.mjs'
import { TUS, Upload } from './upload.mjs'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const script = '<script>fetch("/stolen")</script>'
const types = [
  ['image', 'image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(200)])],
  ['image', 'image/png', PNG],
  ['image', 'image/webp', Buffer.concat([Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), randomBytes(50)])],
  ['image', 'image/gif', Buffer.from(`GIF89a/*${script}`)],
  ['file', 'application/pdf', Buffer.from(`%PDF-1.7 ${script}`)],
  ['voice', 'audio/webm', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), randomBytes(90)])],
  ['voice', 'audio/ogg', Buffer.concat([Buffer.from('OggS'), randomBytes(90)])],
  ['voice', 'audio/mp4', Buffer.from('\0\0\0\x18ftypM4A \0\0\0\0', 'latin1')],
]
const refused = [
  ['image', 'unsupported-file', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`)],
  ['image', 'unsupported-file', Buffer.from(`<!doctype html>${script}`)],
  ['file', 'unsupported-file', Buffer.from('MZ\x90\0', 'latin1')],
  ['image', 'unsupported-file', Buffer.from('%PDF-1.7 no photo')],
  ['voice', 'unsupported-file', PNG],
  ['image', 'heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
]

describe('files', () => {
  let server, patient, doctor, stranger, consult
  before(async () => {
    server = await Server.start(['--image-max', '3000000', '--files-per-user-max', '40000000'])
    patient = await server.login('patient1')
    stranger = await server.login('patient2')
    doctor = await server.login('doctor1')
    const body = { doctor: doctor.user.id, text: '看照片', clientId: clientId() }
    consult = (await server.call('POST', '/api/v1/consultations', { token: patient.token, body })).body.consult.id
  })
  after(() => server?.stop())

  const folder = () => readdirSync(join(server.data, 'files'))
  const upload = async (kind, bytes, about = {}) => {
    const one = new Upload(server, patient.token, bytes)
    assert.equal(await one.begin({ consult, kind, name: 'x', ...about }), 201)
    return one
  }

  test('every type arrives, is named by its bytes, and cannot run', async () => {
    for (const [kind, mime, bytes] of types) {
      const one = await upload(kind, bytes, { name: 'photo.html' })
      assert.equal(await one.run(), 204, mime)
      const got = await one.ask('GET')
      assert.equal(got.status, 200)
      assert.equal(got.headers.get('content-type'), mime)
      assert.match(got.headers.get('content-security-policy'), /default-src 'none'; sandbox/)
      assert.match(got.headers.get('x-content-type-options'), /nosniff/)
      assert.match(got.headers.get('cache-control'), /private/)
      assert.match(got.headers.get('content-disposition'), mime === 'application/pdf' ? /^attachment/ : /^inline/)
      assert.deepEqual(Buffer.from(await got.arrayBuffer()), bytes)
    }
  })

  test('what is none of them leaves nothing', async () => {
    for (const [kind, code, bytes] of refused) {
      const one = await upload(kind, bytes, { name: 'photo.png' })
      const reply = await one.ask('PATCH', { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }, bytes)
      assert.deepEqual([reply.status, (await reply.json()).code], [415, code])
      assert.equal((await one.ask('HEAD', TUS)).status, 404)
      assert.ok(!folder().includes(one.id))
    }
  })

  test('a name does no harm', async () => {
    for (const [name, want] of [['../../etc/passwd', 'passwd'], ['a\\b\\c.png', 'c.png'], ['in\u202egnp.exe', 'ingnp.exe'],
      ['x"\r\nSet-Cookie: a=b', 'x"Set-Cookie: a=b'], ['..', 'file'], ['', 'file'], ['照片.png', '照片.png']]) {
      const one = await upload('image', PNG, { name })
      await one.run()
      const got = await one.ask('GET')
      assert.equal(decodeURIComponent(got.headers.get('content-disposition').split("''")[1]), want)
      assert.equal(got.headers.get('set-cookie'), null)
    }
    assert.ok(folder().every((name) => /^fil_[A-Za-z0-9]+$/.test(name)))
    assert.ok(!existsSync(join(server.data, '..', 'etc')))
  })

  test('limits hold on both sides', async () => {
    const begin = (size) => new Upload(server, patient.token, { length: size }).begin({ consult, kind: 'image', name: 'x' })
    assert.equal(await begin(3_000_000), 201)
    assert.equal(await begin(3_000_001), 413)
    let taken = 0
    while (await begin(3_000_000) === 201) assert.ok(++taken < 20)
    assert.ok(taken > 5, 'the quota counts what is promised')
    assert.equal(await new Upload(server, doctor.token, { length: 3_000_000 }).begin({ consult, kind: 'image', name: 'x' }), 201)
  })

  test('it is sent once, heard by the other, and read by who takes part', async () => {
    const socket = await server.connect(doctor.token)
    await ask(socket, 'consult:join', { consult })
    const heard = next(socket, 'message:new', (m) => m.kind === 'voice')
    const one = new Upload(server, doctor.token, types[5][2])
    assert.equal(await one.begin({ consult, kind: 'voice', name: 'note.webm', durationMs: 1200, waveform: '08f3' }), 201)
    const mine = await server.connect(doctor.token)
    assert.equal((await ask(mine, 'message:send', { consult, clientId: clientId(), kind: 'voice', file: one.id })).error.code, 'bad-request')
    assert.equal(await one.run(), 204)
    const sent = await ask(mine, 'message:send', { consult, clientId: clientId(), kind: 'voice', file: one.id })
    const { file } = await heard
    assert.deepEqual(file, sent.message.file)
    assert.deepEqual(file, { id: one.id, name: 'note.webm', mime: 'audio/webm', size: 94, durationMs: 1200, waveform: '08f3',
      sha256: createHash('sha256').update(one.bytes).digest('hex') })
    assert.equal((await ask(mine, 'message:send', { consult, clientId: clientId(), kind: 'voice', file: one.id })).error.code, 'bad-request')
    socket.close()
    mine.close()
    one.token = patient.token
    assert.equal((await one.ask('GET')).status, 200)
    const told = async (at, token) => {
      const { requestId, ...rest } = (await server.call('GET', at, { token })).body
      return rest
    }
    assert.deepEqual(await told(one.at, stranger.token), await told('/api/v1/files/fil_0000000000000000000000', stranger.token))
    one.token = stranger.token
    for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE'])
      assert.equal((await one.ask(method, { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' })).status, 404, method)
    assert.equal((await fetch(server.url + one.at)).status, 401)
  })

  test('cut off, killed, gone on: what was acknowledged is there, and parts can be read', { timeout: 120_000 }, async () => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7 '), randomBytes(1_500_003)])
    const big = new Upload(server, doctor.token, bytes)
    assert.equal(await big.begin({ consult, kind: 'file', name: 'big.pdf' }), 201)
    let at = 0
    for (const size of [1, 65_535, 70_000, 400_000, 131_072]) {
      const under = big.patch(at, at + size)
      assert.equal((await under).headers.get('upload-offset'), `${at + size}`)
      at += size
      const lost = big.patch(at, at + 300_000).catch(() => undefined)        // may or may not be taken
      await server.kill()
      await lost
      await server.run()
      const stored = await big.offset()
      assert.ok(stored === at || stored === at + 300_000, `${stored} of ${at}`)
      at = stored
    }
    if (at < bytes.length) assert.equal(await big.run(at), 204)
    const whole = await big.ask('GET')
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes)
    for (const [range, from, to] of [['0-0', 0, 1], ['65535-65536', 65_535, 65_537], ['1000000-', 1_000_000, bytes.length], ['-7', bytes.length - 7, bytes.length]]) {
      const part = await big.ask('GET', { Range: `bytes=${range}` })
      assert.equal(part.status, 206)
      assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/${bytes.length}`)
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(from, to))
    }
    const onDisk = readFileSync(join(server.data, 'files', big.id))
    assert.equal(onDisk.indexOf('%PDF'), -1)
    assert.equal(onDisk.indexOf(bytes.subarray(1000, 1032)), -1)
  })

  test('who leaves an upload behind leaves nothing', { timeout: 60_000 }, async () => {
    const one = new Upload(server, doctor.token, randomBytes(200_000))
    assert.equal(await one.begin({ consult, kind: 'file', name: 'left' }), 201)
    await one.patch(0, 150_000)
    assert.ok(folder().includes(one.id))
    await server.kill('SIGTERM')
    server.flags.push('--upload-idle-s', '1')
    await server.run()
    await until(async () => (await one.ask('HEAD', TUS)).status === 404 && !folder().includes(one.id), 'its end')
  })
})
