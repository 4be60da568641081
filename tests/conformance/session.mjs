// session.mjs - an Engine.IO session over either transport, and dialogues with it.
import { BINARY, TEXT, Ended, frame, requestBytes } from './wire.mjs'

const SEPARATOR = '\x1e'
export const hex = (bytes) => `b:${Buffer.from(bytes).toString('hex')}`
const unhex = (text) => Buffer.from(text.slice(2), 'hex')

// Both have send(...packets) and next(); a packet is its text, binary is "b:00ff", "closed" is the end.
export class Polling {
  static async open(t, { path = t.path, query = '' } = {}) {
    const session = Object.assign(new Polling(), { t, path, waiting: [] })
    const opened = await t.http('GET', `${path}?EIO=4&transport=polling${query}`)
    if (opened.status !== 200) throw new Error(`no session: ${opened.status} ${opened.body}`)
    session.open = JSON.parse(opened.body.slice(1))
    session.sid = session.open.sid
    session.target = `${path}?EIO=4&transport=polling&sid=${session.sid}`
    return session
  }

  get() { return this.t.http('GET', this.target) }
  post(body, headers) { return this.t.http('POST', this.target, { body, headers }) }

  // A GET that stays open: its connection, and its reply when it comes.
  async wait() {
    const tcp = await this.t.tcp()
    tcp.write(requestBytes('GET', this.target))
    return { tcp, reply: tcp.reply() }
  }

  async send(...packets) {
    await this.post(packets.map((p) => p.startsWith('b:') ? `b${unhex(p).toString('base64')}` : p).join(SEPARATOR))
      .catch((error) => { if (!(error instanceof Ended)) throw error })
  }

  async next() {
    while (this.waiting.length === 0) {
      const reply = await this.get()
      if (reply.status !== 200) return 'closed'
      this.waiting = reply.body.split(SEPARATOR).filter((packet) => packet !== '6')
    }
    const packet = this.waiting.shift()
    if (packet === '1') return 'closed'
    if (packet === '2') {
      await this.post('3')
      return this.next()
    }
    return packet.startsWith('b') ? hex(Buffer.from(packet.slice(1), 'base64')) : packet
  }
}

export class WebSocket {
  static async open(t, { path = t.path, query = '', ...options } = {}) {
    const session = Object.assign(new WebSocket(), { t })
    session.ws = await t.ws(`${path}?EIO=4&transport=websocket${query}`, options)
    if (session.ws.reply.status !== 101) throw new Error(`no WebSocket: ${session.ws.reply.status} ${session.ws.body}`)
    if (!/(^|&)sid=/.test(query)) session.open = JSON.parse((await session.next()).slice(1))
    return session
  }

  async send(...packets) {
    this.ws.send(...packets.map((p) => p.startsWith('b:') ? frame(BINARY, unhex(p)) : frame(TEXT, p)))
  }

  async next() {
    for (;;) {
      const { type, payload } = await this.ws.read()
      if (type === 'end' || type === 'close') return 'closed'
      if (type === 'binary') return hex(payload)
      if (type === 'text' && payload.toString() !== '2') return payload.toString()
      if (type === 'text') await this.send('3')
    }
  }
}

// Sids are "*"; a number that the server gives to its question is #1, #2, in the order they come.
function normal(packet, questions) {
  return packet.replace(/"sid":"[^"]*"/, '"sid":"*"').replace(/^(4[25](?:\d+-)?(?:\/\w+,)?)(\d+)(?=\["server-ack")/, (_, head, id) => {
    questions.push(id)
    return `${head}#${questions.length}`
  })
}

// A question that the server answers in any state: it still listens, and this is all that it has said.
async function ask(t, session, said, questions) {
  await session.send(t.fence[0])
  for (let packet; (packet = normal(await session.next(), questions)) !== t.fence[1];) {
    said.push(packet === 'closed' ? '! closed' : `< ${packet}`)
    if (packet === 'closed') return false
  }
  return true
}

// A dialogue: "> packet" is sent, "< packet" awaited, "! closed" is the end, "~" waits until all is handled; ␞
// stands between packets of one payload or segment. What really happened comes back in the same form.
export async function dialogue(t, session, lines) {
  const said = [], questions = []
  const step = async (line) => {
    if (line === '~') return ask(t, session, said, questions)
    if (line.startsWith('> ')) {
      said.push(line)
      await session.send(...line.slice(2).replace(/#(\d)/g, (_, n) => questions[n - 1]).split('␞'))
      return true
    }
    const packet = normal(await session.next(), questions)
    said.push(packet === 'closed' ? '! closed' : `< ${packet}`)
    return packet !== 'closed'
  }
  const open = async () => {
    for (const line of lines) if (!await step(line)) return false
    return true
  }
  try {
    if (await open() && lines.at(-1) !== '! closed') await ask(t, session, said, questions)
  } catch (error) {
    error.message += `\n${said.join('\n')}`
    throw error
  }
  return said
}

export const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean)
