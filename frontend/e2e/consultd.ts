/* The real server, for the pages to talk to: the one at CONSULTD_URL, or one of our own on demo data, which
   can be killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BINARY = process.env['CONSULTD_BIN'] ?? join(import.meta.dirname, '../../build/consultd')
const READY_MS = 20_000

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

export class Consultd {
  url = ''
  readonly own: boolean
  private child: ChildProcess | null = null
  private data = ''
  private output = ''

  constructor(private readonly settings: string[] = []) {
    this.own = process.env['CONSULTD_URL'] === undefined
  }

  async start() {
    if (!this.own) {
      this.url = process.env['CONSULTD_URL'] ?? ''
      return
    }
    this.data ||= await mkdtemp(join(tmpdir(), 'consultd-e2e-'))
    this.url ||= `http://localhost:${await freePort()}`
    const listen = this.url.slice('http://'.length)
    const child = spawn(
      BINARY,
      ['serve', '--listen', listen, '--data', this.data, '--demo', '--cheap-passwords', ...this.settings],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // It takes every CONSULTD_… for a setting of its own.
        env: { ...process.env, CONSULTD_BIN: undefined },
      },
    )
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.output += text))
    child.once('error', (error) => (this.output += String(error)))
    this.child = child
    await this.ready()
  }

  private async ready() {
    const end = Date.now() + READY_MS
    while (Date.now() < end) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null)
      if (answer?.ok) return
      if (this.child?.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`consultd is not ready:\n${this.output.slice(-4000)}`)
  }

  private async end(signal: NodeJS.Signals) {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /* As when the power fails: no goodbye. The data stays. */
  kill() {
    return this.end('SIGKILL')
  }

  async stop() {
    await this.end('SIGTERM')
    if (this.data) await rm(this.data, { recursive: true, force: true })
  }
}
