// contract_files.mjs - the routes of files, as described.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientId } from './server.mjs'
import { bytesHeaders, metadata, TUS } from './upload.mjs'

export function fileTests(of) {
  test('files: begin, go on, look, give up', async () => {
    const { server, call, patient, doctor, admin } = of()
    const pdf = '%PDF-1.4 as bytes'
    const started = await call(201, 'POST', '/api/v1/consultations',
      { token: patient.token, body: { doctor: doctor.user.id, text: '看看', clientId: clientId() } })
    const consult = started.consult.id
    const begin = (want, size, about, token = patient.token, tus = TUS) => call(want, 'POST', '/api/v1/files',
      { token, headers: { ...tus, 'Upload-Length': `${size}`, 'Upload-Metadata': metadata({ consult, kind: 'file', name: 'a.pdf', ...about }) } })
    const { id } = await begin(201, pdf.length)
    const at = `/api/v1/files/${id}`
    const patch = (want, offset, body, token = patient.token) =>
      call(want, 'PATCH', at, { token, body, headers: bytesHeaders(offset) })
    await begin(412, 1, {}, patient.token, {})
    await begin(400, 1, { kind: 'film' })
    await begin(400, 1, { more: 'x' })
    await begin(413, 99_999_999)
    await call(204, 'OPTIONS', '/api/v1/files', { token: null })
    await begin(404, 1, {}, admin.token)
    await begin(401, 1, {}, null)
    await patch(204, 0, pdf.slice(0, 5))
    await patch(409, 0, pdf.slice(0, 5))
    await patch(404, 5, 'x', doctor.token)
    await call(415, 'PATCH', at, { token: patient.token, body: 'x', headers: { ...bytesHeaders(5), 'Content-Type': 'text/plain' } })
    await patch(413, 5, `${pdf}${pdf}`)
    await call(204, 'HEAD', at, { token: patient.token, headers: TUS })
    await call(404, 'GET', at, { token: patient.token })
    await patch(204, 5, pdf.slice(5))
    await call(200, 'GET', at, { token: patient.token })
    const seen = await server.call('GET', at, { token: patient.token })
    await call(304, 'GET', at, { token: patient.token, headers: { 'If-None-Match': seen.headers.get('etag') } })
    await call(206, 'GET', at, { token: patient.token, headers: { Range: 'bytes=0-3' } })
    await call(416, 'GET', at, { token: patient.token, headers: { Range: 'bytes=99-' } })
    await call(404, 'GET', at, { token: doctor.token })         // not sent yet
    const messages = `/api/v1/consultations/${consult}/messages`
    await call(400, 'POST', messages, { token: patient.token, body: { clientId: clientId(), kind: 'image', file: id } })
    await call(400, 'POST', messages, { token: patient.token, body: { clientId: clientId(), kind: 'file', file: id, text: 'x' } })
    await call(400, 'POST', messages, { token: doctor.token, body: { clientId: clientId(), kind: 'file', file: id } })
    const sent = await call(201, 'POST', messages, { token: patient.token, body: { clientId: clientId(), kind: 'file', file: id } })
    assert.equal(sent.message.file.name, 'a.pdf')
    await call(400, 'POST', messages, { token: patient.token, body: { clientId: clientId(), kind: 'file', file: id } })
    assert.deepEqual((await call(200, 'GET', messages, { token: doctor.token })).items.at(-1).file, sent.message.file)
    await call(200, 'GET', at, { token: doctor.token })
    await call(403, 'DELETE', at, { token: doctor.token, headers: TUS })
    await call(409, 'DELETE', at, { token: patient.token, headers: TUS })
    const other = await begin(201, 3)
    await call(204, 'DELETE', `/api/v1/files/${other.id}`, { token: patient.token, headers: TUS })
    assert.equal((await server.call('HEAD', `/api/v1/files/${other.id}`, { token: patient.token, headers: TUS })).status, 404)
  })
}
