// case.mjs - what a case works with: connections to its server, all of which end with it.
import { Socket as Engine } from 'engine.io-client'
import { io } from 'socket.io-client'
import { Polling, WebSocket, dialogue, lines } from './session.mjs'
import { PATIENCE_MS, Tcp, WebSocketRaw, requestBytes } from './wire.mjs'

// Heartbeats of a shared machine are slow ones, except where they are what is asked.
const PATIENT = ['--ping-interval', '25000', '--ping-timeout', '20000']
export const conformance = ['conformance', ...PATIENT, '--connect-timeout', '45000', '--upgrade-timeout', '10000']
export const echo = ['echo', ...PATIENT]

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export class Case {
  constructor(row, side, server) {
    Object.assign(this, { side, port: server.port, ours: side === 'ours', closing: [] })
    this.path = row.on[0] === 'echo' ? '/engine.io/' : '/socket.io/'
    this.fence = row.on[0] === 'echo' ? ['4fence', '4fence'] : ['40/refused,', '44/refused,{"message":"refused","data":{"code":403}}']
  }

  later(end) { this.closing.push(end) }
  finish() { for (const end of this.closing) end() }

  async tcp() {
    const tcp = await Tcp.open(this.port)
    this.later(() => tcp.cut())
    return tcp
  }

  async http(method, target, options) {
    const tcp = await this.tcp()
    tcp.write(requestBytes(method, target, options))
    const reply = await tcp.reply()
    tcp.end()
    return reply
  }

  async ws(target, options) { return WebSocketRaw.open(await this.tcp(), target, options) }
  session(transport, options) { return (transport === 'polling' ? Polling : WebSocket).open(this, options) }

  // The official clients.
  io(path = '', options = {}) {
    const socket = io(`http://127.0.0.1:${this.port}${path}`, { forceNew: true, reconnection: false, ...options })
    this.later(() => socket.disconnect())
    return socket
  }

  engine(options = {}) {
    const engine = new Engine(`http://127.0.0.1:${this.port}`, { path: '/engine.io/', ...options })
    this.later(() => engine.close())
    return engine
  }
}

// The arguments of the next event of an official client.
export const next = (target, event) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error(`waited in vain for ${event}`)), PATIENCE_MS)
  target.once(event, (...args) => { clearTimeout(late); done(args) })
})

export async function until(ask, what) {
  for (const ends = Date.now() + PATIENCE_MS; !await ask(); await sleep(10))
    if (Date.now() > ends) throw new Error(`waited in vain for ${what}`)
}

const heard = (text) => lines(text).filter((line) => line !== '~')

// One dialogue, two cases: over WebSocket and over polling. `reference` is what the reference makes of it.
export function dialogues(on, rows) {
  return rows.flatMap(({ id, says, reference, transports = ['websocket', 'polling'], ...rest }) => transports.map((transport) => ({
    id: `${id}.${transport}`, on, ...rest, want: heard(says), ...(reference ? { reference: heard(reference) } : {}),
    async run(t) {
      const expected = t.ours || !reference ? says : reference
      return dialogue(t, await t.session(transport), lines(expected))
    },
  })))
}
