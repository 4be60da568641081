// server.mjs - the real server in a folder of its own: start, kill, log in, connect. Loopback only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io } from 'socket.io-client'

const root = new URL('../..', import.meta.url).pathname
const build = process.env.TEST_BUILD ?? join(root, 'build')
export const PASSWORD = 'consultd-demo'
const PATIENCE_MS = 20_000

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

// Waits until `ask` gives something true; the deadline is generous, no promise about time is tested here.
export async function until(ask, what = 'a condition') {
  const ends = Date.now() + PATIENCE_MS
  for (;;) {
    const got = await ask()
    if (got) return got
    if (Date.now() > ends) throw new Error(`waited in vain for ${what}`)
    await sleep(20)
  }
}

export class Server {
  static async start(flags = [], { data, environment = {} } = {}) {
    const server = new this()
    server.data = data ?? mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
    server.port = await freePort()
    server.url = `http://127.0.0.1:${server.port}`
    server.flags = flags
    server.environment = environment
    await server.run()
    return server
  }

  async run() {
    this.log = ''
    this.process = spawn(join(build, 'consultd'),
      ['serve', '--listen', `localhost:${this.port}`, '--data', this.data, '--cheap-passwords', '--demo', ...this.flags],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.environment } })
    this.process.stdout.on('data', (text) => { this.log += text })
    this.process.stderr.on('data', (text) => { this.log += text })
    this.ended = once(this.process, 'exit')
    await until(async () => {
      if (this.process.exitCode !== null) throw new Error(`the server ended at start:\n${this.log}`)
      return this.isReady()
    }, 'the server')
  }

  isReady() {
    return fetch(`${this.url}/readyz`).then((r) => r.ok, () => false)
  }

  async kill(signal = 'SIGKILL') {
    this.process.kill(signal)
    const [code] = await this.ended
    return code
  }

  // Ends as an operator would; the sanitizers speak through the exit status.
  async stop({ keep = false } = {}) {
    const code = this.process.exitCode ?? await this.kill('SIGTERM')
    if (!keep) rmSync(this.data, { recursive: true, force: true })
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${this.log}`)
  }

  async call(method, path, { token, body, headers = {} } = {}) {
    const reply = await fetch(this.url + path, {
      redirect: 'manual',
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, body: text && reply.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined }
  }

  async login(login) {
    const { status, body, headers } = await this.call('POST', '/api/v1/auth/login', { body: { login, password: PASSWORD } })
    if (status !== 200) throw new Error(`login ${login}: ${status} ${JSON.stringify(body)}`)
    return { ...body, cookie: headers.get('set-cookie')?.split(';')[0] }
  }

  // A new patient who has agreed to all that is in force, as whoever books must have.
  async register(login, name = login) {
    const { status, body } = await this.call('POST', '/api/v1/auth/register', { body: { login, password: PASSWORD, name } })
    if (status !== 201) throw new Error(`register ${login}: ${status} ${JSON.stringify(body)}`)
    const { token } = body
    for (const { docType, docVersion } of (await this.call('GET', '/api/v1/consents', { token })).body.items)
      await this.call('POST', '/api/v1/me/consents', { token, body: { docType, docVersion }, headers: { 'Idempotency-Key': `agree-${docType}` } })
    return body
  }

  // The unchanged official client, connected.
  async connect(token, options = {}) {
    const socket = io(this.url, { auth: { token }, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options })
    await new Promise((done, fail) => {
      socket.once('connect', done)
      socket.once('connect_error', (error) => (options.reconnection === false || error.data) && fail(error))
    })
    return socket
  }
}

export const ask = (socket, event, body, ms = PATIENCE_MS) => socket.timeout(ms).emitWithAck(event, body)

export const next = (socket, event, match = () => true) => new Promise((done, fail) => {
  const timer = setTimeout(() => fail(new Error(`no ${event} came`)), PATIENCE_MS)
  const listen = (body) => {
    if (!match(body)) return
    clearTimeout(timer)
    socket.off(event, listen)
    done(body)
  }
  socket.on(event, listen)
})

let made = 0
export const clientId = () => `e2e-${process.pid}-${Date.now()}-${made++}`
