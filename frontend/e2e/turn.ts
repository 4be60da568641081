/* A real coturn on loopback, which can be ended and started again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './consultd'

export const SECRET = 'a secret of the specs alone'

export class Turn {
  url = ''
  secretFile = ''
  private folder = ''
  private port = 0
  private child: ChildProcess | null = null

  async start() {
    this.folder ||= await mkdtemp(join(tmpdir(), 'consultd-turn-'))
    this.port ||= await freePort()
    this.url = `turn:127.0.0.1:${this.port}?transport=tcp`
    this.secretFile = join(this.folder, 'secret')
    await writeFile(this.secretFile, SECRET, { mode: 0o600 })
    const child = spawn('turnserver', [
      ...['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${this.port}`],
      ...['--realm=consultd.test', '--use-auth-secret', `--static-auth-secret=${SECRET}`, '--fingerprint'],
      ...['--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--no-multicast-peers'],
      ...[`--pidfile=${join(this.folder, 'pid')}`, '--log-file=stdout'],
    ])
    child.stdout.resume()
    this.child = child
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    await Promise.race([failed, this.listens()])
  }

  private async listens() {
    const reached = () =>
      new Promise<boolean>((resolve) => {
        const probe = connect(this.port, '127.0.0.1', () => (probe.destroy(), resolve(true)))
        probe.once('error', () => resolve(false))
      })
    while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  async stop() {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async leave() {
    await this.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
