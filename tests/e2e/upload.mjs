// upload.mjs - tus 1.0 by hand, so that each step can be left out or done wrong.
import assert from 'node:assert/strict'

export const TUS = { 'Tus-Resumable': '1.0.0' }
export const metadata = (about) =>
  Object.entries(about).map(([key, value]) => `${key} ${Buffer.from(`${value}`).toString('base64')}`).join(',')
export const bytesHeaders = (offset) => ({ ...TUS, 'Upload-Offset': `${offset}`, 'Content-Type': 'application/offset+octet-stream' })

const PIECE = 400_000

export class Upload {
  constructor(server, token, bytes) {
    Object.assign(this, { server, token, bytes })
  }

  async begin(about) {
    this.reply = await this.server.call('POST', '/api/v1/files', { token: this.token,
      headers: { ...TUS, 'Upload-Length': `${this.bytes.length}`, 'Upload-Metadata': metadata(about) } })
    this.at = this.reply.headers.get('location')
    this.id = this.reply.body?.id
    return this.reply.status
  }

  ask(method, headers = {}, body) {
    return fetch(this.server.url + this.at, { method, body, headers: { Authorization: `Bearer ${this.token}`, ...headers } })
  }

  async offset() {
    const reply = await this.ask('HEAD', TUS)
    assert.equal(reply.status, 204)
    return Number(reply.headers.get('upload-offset'))
  }

  async patch(from, to) {
    const reply = await this.ask('PATCH', bytesHeaders(from), this.bytes.subarray(from, to))
    await reply.text()
    return reply
  }

  // To the end, in pieces; the status of the last one.
  async run(from = 0) {
    let status = 0
    for (let at = from; at < this.bytes.length && (at === from || status === 204); at += PIECE) {
      status = (await this.patch(at, Math.min(at + PIECE, this.bytes.length))).status
    }
    return status
  }
}
