// wire.mjs - bytes as they are: TCP, HTTP replies, WebSocket frames. Nothing here repairs what a server does.
import { createHash, randomBytes } from 'node:crypto'
import { createConnection } from 'node:net'
import { deflateRawSync, inflateRawSync, constants } from 'node:zlib'

// No promise about time: only an end for what never comes.
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 20_000)

export class Ended extends Error {}

export class Tcp {
  static async open(port) {
    const tcp = new Tcp()
    tcp.store = Buffer.alloc(4096)
    tcp.from = tcp.to = 0
    tcp.ended = false
    tcp.socket = createConnection({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    tcp.socket.on('data', (bytes) => tcp.keep(bytes))
    for (const event of ['end', 'error', 'close']) tcp.socket.on(event, () => { tcp.ended = true; tcp.wake?.() })
    tcp.socket.on('connect', () => tcp.wake?.())
    while (tcp.socket.connecting && !tcp.ended) await tcp.changed('a connection')
    return tcp
  }

  get bytes() { return this.store.subarray(this.from, this.to) }

  keep(bytes) {
    if (this.to + bytes.length > this.store.length) {
      const larger = Buffer.alloc(2 * (this.to - this.from + bytes.length))
      this.bytes.copy(larger)
      this.to -= this.from
      this.from = 0
      this.store = larger
    }
    bytes.copy(this.store, this.to)
    this.to += bytes.length
    this.wake?.()
  }

  changed(what) {
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`waited in vain for ${what}`)), PATIENCE_MS)
      this.wake = () => { clearTimeout(late); this.wake = undefined; done() }
    })
  }

  // parse(bytes, ended) gives undefined for more, or [what was read, how many bytes it was].
  async read(parse, what) {
    for (;;) {
      const got = parse(this.bytes, this.ended)
      if (got !== undefined) {
        this.from += got[1]
        return got[0]
      }
      if (this.ended) throw new Ended(`the connection ended before ${what}`)
      await this.changed(what)
    }
  }

  write(...pieces) { if (!this.socket.destroyed) this.socket.write(Buffer.concat(pieces.map((p) => Buffer.from(p)))) }
  end() { this.socket.end() }
  cut() { this.socket.destroy() }
  reset() { this.socket.resetAndDestroy() }
  async untilEnd() { while (!this.ended) await this.changed('the end') }
  reply() { return this.read(parseReply, 'a reply') }
  replyHead() { return this.read(parseHead, 'the head of a reply') }
}

// --- HTTP

function parseHead(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first, ...rows] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = {}
  for (const row of rows) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(row)
    headers[name.toLowerCase()] = headers[name.toLowerCase()] === undefined ? value : `${headers[name.toLowerCase()]}, ${value}`
  }
  return [{ status: Number(first.split(' ')[1]), headers }, end + 4]
}

function parseChunks(bytes) {
  const pieces = []
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = parseInt(bytes.toString('latin1', at, line), 16)
    if (bytes.length < line + 4 + size) return undefined
    if (size === 0) return [Buffer.concat(pieces), line + 4]
    pieces.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 4 + size
  }
}

function parseBody(head, bytes, ended) {
  if (head.status < 200 || head.status === 204 || head.status === 304) return [Buffer.alloc(0), 0]
  if (/chunked/.test(head.headers['transfer-encoding'])) return parseChunks(bytes)
  const size = head.headers['content-length']
  if (size !== undefined) return bytes.length < size ? undefined : [Buffer.from(bytes.subarray(0, size)), Number(size)]
  return ended ? [Buffer.from(bytes), bytes.length] : undefined
}

function parseReply(bytes, ended) {
  const head = parseHead(bytes)
  const body = head && parseBody(head[0], bytes.subarray(head[1]), ended)
  return body && [{ ...head[0], bytes: body[0], body: body[0].toString() }, head[1] + body[1]]
}

export function requestBytes(method, target, { headers = {}, body } = {}) {
  const all = { Host: 'localhost', ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }), ...headers }
  const rows = Object.entries(all).filter(([, value]) => value !== null)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`))
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${rows.join('')}\r\n`), Buffer.from(body ?? '')])
}

// --- WebSocket

export const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10

export function frame(opcode, payload = '', { fin = true, rsv = 0, mask = randomBytes(4), size, wide = 0 } = {}) {
  const bytes = Buffer.from(payload)
  const length = size ?? bytes.length
  const form = wide || (length < 126 ? 7 : length < 65536 ? 16 : 64)
  const head = Buffer.alloc(form === 7 ? 2 : form === 16 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | rsv << 4 | opcode
  head[1] = (mask ? 0x80 : 0) | (form === 7 ? length : form === 16 ? 126 : 127)
  if (form === 16) head.writeUInt16BE(length, 2)
  if (form === 64) head.writeBigUInt64BE(BigInt(length), 2)
  if (!mask) return Buffer.concat([head, bytes])
  const masked = Buffer.from(bytes)
  for (let i = 0; i < masked.length; i++) masked[i] ^= mask[i & 3]
  return Buffer.concat([head, mask, masked])
}

export function closeFrame(code, reason = '') {
  const body = Buffer.alloc(code === undefined ? 0 : 2)
  if (code !== undefined) body.writeUInt16BE(code)
  return frame(CLOSE, Buffer.concat([body, Buffer.from(reason)]))
}

function parseFrame(bytes) {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head) return undefined
  const size = head === 2 ? short : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < head + size) return undefined
  return [{ fin: bytes[0] >> 7, rsv: bytes[0] >> 4 & 7, opcode: bytes[0] & 15, masked: bytes[1] >> 7,
    payload: Buffer.from(bytes.subarray(head, head + size)) }, head + size]
}

// One direction of permessage-deflate. A window is what a stream has said last: a dictionary gives it back.
const TAIL = Buffer.from([0, 0, 0xff, 0xff])
const WINDOW = 32768

export class Deflater {
  constructor({ forget = false, windowBits = 15 } = {}) { Object.assign(this, { forget, windowBits, window: Buffer.alloc(0) }) }

  remember(plain) {
    if (!this.forget) this.window = Buffer.concat([this.window, plain]).subarray(-(1 << this.windowBits))
  }

  deflate(text, options = {}) {
    const plain = Buffer.from(text)
    const out = deflateRawSync(plain, { windowBits: this.windowBits, finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.window.length > 0 ? { dictionary: this.window } : {}), ...options })
    this.remember(plain)
    return out.subarray(-4).equals(TAIL) ? out.subarray(0, -4) : out
  }

  inflate(bytes) {
    const plain = inflateRawSync(Buffer.concat([bytes, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: this.windowBits, ...(this.window.length > 0 ? { dictionary: this.window } : {}) })
    this.remember(plain)
    return plain
  }
}

// A large payload says its size and digest; the wanted value is written the same way.
export const brief = (bytes) => bytes.length <= 200 ? bytes
  : Buffer.from(`${bytes.length} bytes ${createHash('sha1').update(bytes).digest('hex').slice(0, 12)}`)

export class WebSocketRaw {
  static async open(tcp, target, { headers = {}, extensions, key = randomBytes(16).toString('base64'), inflater, behind = '' } = {}) {
    const ws = new WebSocketRaw()
    ws.tcp = tcp
    ws.inflater = inflater ?? new Deflater()
    tcp.write(requestBytes('GET', target, { headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': 13, ...(extensions ? { 'Sec-WebSocket-Extensions': extensions } : {}), ...headers } }), behind)
    ws.reply = await tcp.replyHead()
    if (ws.reply.status !== 101) ws.body = (await tcp.read((b, ended) => parseBody(ws.reply, b, ended), 'a body')).toString()
    return ws
  }

  send(...frames) { this.tcp.write(...frames) }
  text(words) { this.send(frame(TEXT, words)) }
  frame() { return this.tcp.read(parseFrame, 'a frame') }

  // The next message or control frame; the end of the connection is one, too.
  async read() {
    let first, pieces = []
    for (;;) {
      const got = await this.frame().catch((error) => { if (error instanceof Ended) return undefined; throw error })
      if (got === undefined) return { type: 'end', payload: Buffer.alloc(0) }
      if (got.masked) throw new Error('a masked frame')
      if (got.opcode >= 8) return { type: { [CLOSE]: 'close', [PING]: 'ping', [PONG]: 'pong' }[got.opcode], payload: got.payload }
      first ??= got
      pieces.push(got.payload)
      if (!got.fin) continue
      const payload = Buffer.concat(pieces)
      return { type: first.opcode === TEXT ? 'text' : 'binary', deflated: (first.rsv & 4) !== 0, frames: pieces.length,
        payload: first.rsv & 4 ? this.inflater.inflate(payload) : payload }
    }
  }

  // The same in words: "text hello", "binary 00ff", "ping x", "close 1000 bye", "end".
  async next() {
    const { type, payload } = await this.read()
    const words = type === 'close' && payload.length >= 2 ? `${payload.readUInt16BE()} ${payload.subarray(2)}`
      : type === 'binary' && payload.length <= 200 ? payload.toString('hex') : `${brief(payload)}`
    return `${type} ${words}`.trim()
  }
}
