// servers.mjs - one process for each program, set of flags and side, started when a case first wants it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname
const build = process.env.TEST_BUILD ?? join(root, 'build')
const START_MS = 20_000

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

function answers(port) {
  return new Promise((done) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => { socket.destroy(); done(true) })
    socket.on('error', () => done(false))
  })
}

class Server {
  static async start(side, [program, ...flags]) {
    const server = new Server()
    server.name = `${side} ${program} ${flags.join(' ')}`.trim()
    server.port = await freePort()
    const command = side === 'ours' ? [join(build, 'examples', program)]
      : [process.execPath, join(root, 'tests/conformance/reference.mjs'), program]
    server.process = spawn(command[0], [...command.slice(1), '--port', `${server.port}`, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    server.said = ''
    for (const stream of [server.process.stdout, server.process.stderr]) stream.on('data', (text) => { server.said += text })
    server.ended = once(server.process, 'exit')
    for (const until = Date.now() + START_MS; !await answers(server.port);) {
      if (server.process.exitCode !== null || Date.now() > until) throw new Error(`${server.name} does not start:\n${server.said}`)
      await sleep(20)
    }
    return server
  }

  // What a server has said on its own, or that it has died, is a failure of the whole run.
  async finish() {
    const died = this.process.exitCode !== null || this.process.signalCode !== null
    if (!died) this.process.kill('SIGKILL')
    await this.ended
    return died || this.said ? [`not ok - ${this.name}${died ? ' died' : ''}\n${this.said}`] : []
  }
}

export class Servers {
  constructor() { this.started = new Map() }

  of(side, command) {
    const key = [side, ...command].join(' ')
    if (!this.started.has(key)) this.started.set(key, Server.start(side, command))
    return this.started.get(key)
  }

  async finish() {
    const servers = (await Promise.allSettled(this.started.values())).filter((s) => s.status === 'fulfilled')
    return (await Promise.all(servers.map((s) => s.value.finish()))).flat()
  }
}
