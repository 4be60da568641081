// files.test.mjs - what people show each other: it arrives whole, is what it is, and is seen by who may.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, clientId, next, Server, until } from './server.mjs'
import { metadata, TUS, Upload } from './upload.mjs'

const binary = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'consultd')
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

  test('one PATCH brings at most message-max bytes', async () => {
    const bytes = Buffer.concat([types[0][2], randomBytes(1_000_001 - types[0][2].length)])
    const one = new Upload(server, doctor.token, bytes)
    assert.equal(await one.begin({ consult, kind: 'image', name: 'x' }), 201)
    const over = await one.patch(0, 1_000_001).then((reply) => reply.status, () => 413)       // or the door shuts while it is sent
    assert.equal(over, 413)
    assert.equal(await one.offset(), 0)
    assert.equal((await one.patch(0, 1_000_000)).status, 204)
    assert.equal((await one.patch(1_000_000, 1_000_001)).status, 204)
  })

  test('what is spoken here, until when it is kept, and how many at once', async () => {
    const options = await fetch(`${server.url}/api/v1/files`, { method: 'OPTIONS' })
    assert.deepEqual([204, '1.0.0', '1.0.0', 'creation,expiration,termination', '20971520'],
      [options.status, ...['tus-resumable', 'tus-version', 'tus-extension', 'tus-max-size'].map((name) => options.headers.get(name))])
    const busy = await server.login('doctor2')
    const body = { doctor: busy.user.id, text: '看照片', clientId: clientId() }
    const other = (await server.call('POST', '/api/v1/consultations', { token: patient.token, body })).body.consult.id
    const begun = []
    for (let status = 201; status === 201;) {
      const one = new Upload(server, busy.token, PNG)
      status = await one.begin({ consult: other, kind: 'image', name: 'x' })
      if (status === 201) begun.push(one)
      else assert.equal(status, 429)
    }
    assert.equal(begun.length, 20)
    const expiry = (reply) => Date.parse(reply.headers.get('upload-expires')) - Date.now()
    const head = await begun[0].ask('HEAD', TUS)
    for (const reply of [begun[0].reply, head]) assert.ok(expiry(reply) > 86_000_000 && expiry(reply) < 86_401_000)
    assert.equal(await begun[0].run(), 204)                      // what is finished makes room
    assert.equal(await new Upload(server, busy.token, PNG).begin({ consult: other, kind: 'image', name: 'x' }), 201)
  })

  test('header fields that lie are refused, and nothing is stored by them', async () => {
    const before = folder().length
    const lengths = { 0: 400, '-1': 400, '+5': 400, '0x5': 400, '5.0': 400, '1e3': 400, '': 400, '99999999999999999999': 400, '9223372036854775807': 413 }
    for (const [length, want] of Object.entries(lengths))
      assert.equal((await server.call('POST', '/api/v1/files', { token: patient.token, headers: { ...TUS,
        'Upload-Length': length, 'Upload-Metadata': metadata({ consult, kind: 'image', name: 'x' }) } })).status, want, length)
    const mine = (headers) => server.call('POST', '/api/v1/files', { token: patient.token, headers: { ...TUS, 'Upload-Length': '70', ...headers } })
    for (const [said, want] of [[undefined, 400], ['', 400], ['consult', 400], ['consult !', 400], [',', 400], [metadata({ consult }), 400],
      [metadata({ consult, kind: 'image', durationMs: '-1' }), 400], [metadata({ consult, kind: 'image', width: '1e9' }), 400],
      [`${metadata({ consult, kind: 'image' })},${metadata({ kind: 'voice' })}`, 400], [metadata({ consult: `${consult}/../x`, kind: 'image' }), 404]])
      assert.equal((await mine(said === undefined ? {} : { 'Upload-Metadata': said })).status, want, said)
    const one = await upload('image', PNG)
    const patch = (headers, body) => one.ask('PATCH', { ...TUS, 'Content-Type': 'application/offset+octet-stream', ...headers }, body)
    for (const [offset, want] of [['-1', 400], ['x', 400], ['', 400], ['1', 409], [`${PNG.length}`, 409], ['99999999999999999999', 400]])
      assert.equal((await patch({ 'Upload-Offset': offset }, PNG)).status, want, offset)
    assert.equal((await patch({}, PNG)).status, 400)
    assert.equal((await patch({ 'Upload-Offset': '0', 'Tus-Resumable': '0.2.2' }, PNG)).status, 412)
    assert.equal((await patch({ 'Upload-Offset': '0' }, Buffer.concat([PNG, PNG]))).status, 413)
    assert.equal(await one.offset(), 0)
    assert.equal((await patch({ 'Upload-Offset': '0' }, Buffer.alloc(0))).status, 204)
    assert.equal(await one.offset(), 0)
    assert.equal(folder().length, before)
    assert.equal(await one.run(), 204)
  })

  test('neither bytes nor name of a file are heard by who takes no part, in the log or on the disk', async () => {
    const canary = `kanarienvogel${clientId()}`
    const heard = []
    const other = await server.connect(stranger.token)
    other.onAny((...said) => heard.push(JSON.stringify(said)))
    const one = new Upload(server, doctor.token, Buffer.from(`%PDF-1.7 ${canary}`))
    assert.equal(await one.begin({ consult, kind: 'file', name: `${canary}.pdf` }), 201)
    assert.equal(await one.run(), 204)
    const said = { clientId: clientId(), kind: 'file', file: one.id }
    assert.equal((await server.call('POST', `/api/v1/consultations/${consult}/messages`, { token: doctor.token, body: said })).status, 201)
    for (const at of ['/api/v1/consultations', '/api/v1/notifications', one.at, `${one.at}?name=${canary.slice(0, 6)}`])
      heard.push(JSON.stringify((await server.call('GET', at, { token: stranger.token })).body ?? ''))
    assert.ok(heard.every((text) => !text.includes(canary)))
    assert.ok(!server.log.includes(canary))
    const names = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, path, name } of names)
      assert.equal(readFileSync(join(parentPath ?? path, name)).indexOf(canary), -1, name)
    other.close()
  })

  test('what is known is not sent again, and a part is of what is known', async () => {
    const one = await upload('image', PNG)
    assert.equal(await one.run(), 204)
    const tag = (await one.ask('GET')).headers.get('etag')
    const ask = async (headers) => {
      const reply = await one.ask('GET', headers)
      return [reply.status, (await reply.arrayBuffer()).byteLength]
    }
    for (const known of [tag, `W/${tag}`, `"a", ${tag}`, '*']) assert.deepEqual(await ask({ 'If-None-Match': known }), [304, 0], known)
    for (const known of ['"a"', tag.slice(1, -1), `"${tag}`]) assert.equal((await ask({ 'If-None-Match': known }))[0], 200, known)
    assert.deepEqual(await ask({ Range: 'bytes=0-3', 'If-Range': tag }), [206, 4])
    assert.deepEqual(await ask({ Range: 'bytes=0-3', 'If-Range': '"a"' }), [200, PNG.length])
    assert.deepEqual(await ask({ Range: 'Bytes=1-1' }), [206, 1])
    assert.deepEqual(await ask({ Range: 'bytes=0-0,2-3' }), [200, PNG.length])
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
    // The head is gone when the last segment is found to be altered: a cut, and no short answer that looks whole.
    onDisk[onDisk.length - 5] ^= 1
    writeFileSync(join(server.data, 'files', big.id), onDisk)
    const cut = await big.ask('GET')
    assert.deepEqual([cut.status, cut.headers.get('content-length')], [200, `${bytes.length}`])
    await assert.rejects(cut.arrayBuffer())
    assert.match(server.log, /event=file\.cut file=fil_/)
    assert.equal((await big.ask('GET', { Range: 'bytes=0-9' })).status, 206)
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

describe('a scanner', () => {
  let server, patient, consult, folder
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'consultd-scan-'))
    // Waits for the file `go` when it is told to; counts what it was given.
    writeFileSync(join(folder, 'scan'), `#!/bin/sh
cat >${folder}/seen
env >${folder}/environment
if grep -q WAIT ${folder}/seen; then while [ ! -e ${folder}/go ]; do sleep 0.05; done; fi
grep -q BROKEN ${folder}/seen && exit 2
grep -q 'EICAR' ${folder}/seen && exit 1
exit 0
`, { mode: 0o700 })
    server = await Server.start(['--scan-command', `${folder}/scan now`], { environment: { CONSULTD_PAYMENT_SECRET: 'never told to it' } })
    patient = await server.login('patient1')
    const doctor = await server.login('doctor1')
    const body = { doctor: doctor.user.id, text: '看', clientId: clientId() }
    consult = (await server.call('POST', '/api/v1/consultations', { token: patient.token, body })).body.consult.id
  })
  after(() => server?.stop().then(() => rmSync(folder, { recursive: true })))

  const begin = async (text) => {
    const one = new Upload(server, patient.token, Buffer.from(`%PDF-1.7 ${text}`))
    assert.equal(await one.begin({ consult, kind: 'file', name: 'a.pdf' }), 201)
    return one
  }
  const send = (one) => server.call('POST', `/api/v1/consultations/${consult}/messages`,
    { token: patient.token, body: { clientId: clientId(), kind: 'file', file: one.id } })

  test('sees every byte, and nothing else of ours', async () => {
    const one = await begin('clean '.repeat(100_000))
    assert.equal(await one.run(), 204)
    assert.deepEqual(readFileSync(join(folder, 'seen')), one.bytes)
    assert.ok(!readFileSync(join(folder, 'environment'), 'utf8').includes('CONSULTD'))
    assert.equal((await send(one)).status, 201)
  })

  test('what it finds harmful is kept from everybody', async () => {
    const one = await begin('EICAR')
    const reply = await one.patch(0, one.bytes.length)
    assert.equal(reply.status, 415)
    assert.equal((await one.ask('HEAD', TUS)).status, 415)
    assert.equal((await one.patch(one.bytes.length, one.bytes.length)).status, 415)
    assert.equal((await one.ask('GET')).status, 404)
    assert.equal((await one.ask('DELETE', TUS)).status, 409)
    assert.equal((await send(one)).status, 400)
    assert.ok(server.log.includes(`file.blocked file=${one.id}`))
    assert.equal(readFileSync(join(server.data, 'files', one.id)).indexOf('EICAR'), -1)
  })

  test('what it cannot judge waits, and nobody waits for it', { timeout: 60_000 }, async () => {
    const broken = await begin('BROKEN')
    assert.equal((await broken.patch(0, broken.bytes.length)).status, 503)
    assert.equal(await server.call('GET', broken.at, { token: patient.token }).then(({ status }) => status), 404)
    const slow = await begin('WAIT')
    const waiting = slow.patch(0, slow.bytes.length)
    await until(() => readFileSync(join(folder, 'seen'), 'utf8').includes('WAIT'), 'the scan')
    assert.equal((await server.call('POST', `/api/v1/consultations/${consult}/messages`,
      { token: patient.token, body: { clientId: clientId(), kind: 'text', text: 'meanwhile' } })).status, 201)
    const lost = waiting.catch(() => undefined)
    await server.kill()
    await lost
    await server.run()
    writeFileSync(join(folder, 'go'), '')
    assert.equal((await slow.ask('HEAD', TUS)).status, 204)     // looked at now
    assert.equal((await slow.ask('GET')).status, 200)
  })

  test('takes too long: it is killed', { timeout: 60_000 }, async () => {
    rmSync(join(folder, 'go'))
    await server.kill('SIGTERM')
    server.flags.push('--scan-timeout-s', '1')
    await server.run()
    const one = await begin('WAIT')
    assert.equal((await one.patch(0, one.bytes.length)).status, 503)
    assert.match(server.log, new RegExp(`file.scan file=${one.id} status=0 errno=110`))
  })

  test('that is not there is refused at start', async () => {
    const { status, stderr } = spawnSync(binary,
      ['serve', '--listen', 'localhost:0', '--data', join(folder, 'none'), '--scan-command', 'clamdscan -'], { encoding: 'utf8', timeout: 20_000 })
    assert.equal(status, 1)
    assert.match(stderr, /file.scan command="clamdscan -"/)
  })
})
