// program.mjs - a program of examples/, started and ended as people do. Loopback only.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from './server.mjs'

const build = process.env.TEST_BUILD ?? join(new URL('../..', import.meta.url).pathname, 'build')
export const programPath = (name) => join(build, 'examples', name)
export const PATIENCE_MS = 20_000

// The next event of anything that has once(): its arguments.
export const next = (target, event) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error(`waited in vain for ${event}`)), PATIENCE_MS)
  target.once(event, (...args) => { clearTimeout(late); done(args) })
})

export class Program {
  static run(name, flags) {
    const program = new Program()
    program.process = spawn(programPath(name), flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    program.said = ''
    for (const stream of [program.process.stdout, program.process.stderr]) stream.on('data', (text) => { program.said += text })
    program.ended = once(program.process, 'close')
    return program
  }

  // Waits until it answers at `port`.
  static async start(name, port, ...flags) {
    const program = Program.run(name, flags)
    await until(async () => {
      if (program.process.exitCode !== null) throw new Error(`${name} ended at start:\n${program.said}`)
      return fetch(`http://localhost:${port}/`).then(() => true, () => false)
    }, name)
    return program
  }

  // Ends as an operator would: all is freed, and the sanitizers speak through the exit status.
  async stop() {
    this.process.kill('SIGTERM')
    const [code] = await this.ended
    assert.equal(this.said, '')
    assert.equal(code, 0)
  }

  async kill() {
    assert.equal(this.process.exitCode, null, `it died:\n${this.said}`)
    this.process.kill('SIGKILL')
    await this.ended
    assert.equal(this.said, '')
  }
}
