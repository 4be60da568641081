// diskfull.test.mjs - the disk fills in the middle of a load: errors, no false ack, reads go on, writes resume.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, clientId, Server, until } from './server.mjs'

const asRoot = (...command) => execFileSync(process.getuid() === 0 ? command[0] : 'sudo',
  process.getuid() === 0 ? command.slice(1) : ['-n', ...command])

describe('a full disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'consultd-full-'))
  const filler = join(folder, 'filler')
  let server, patient, doctor, socket, consult
  const acked = []

  before(async () => {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=8m,mode=0700,uid=${process.getuid()}`, 'tmpfs', folder)
    server = await Server.start([], { data: join(folder, 'data') })
    patient = await server.login('patient1')
    doctor = await server.login('doctor1')
    socket = await server.connect(patient.token)
    const { body } = await server.call('POST', '/api/v1/consultations',
      { token: patient.token, body: { doctor: doctor.user.id, text: 'first', clientId: clientId() } })
    consult = body.consult.id
  })
  after(async () => {
    socket?.close()
    await server?.stop({ keep: true })
    asRoot('umount', folder)
    rmdirSync(folder)
  })

  const read = () => server.call('GET', `/api/v1/consultations/${consult}/messages`, { token: patient.token })

  const send = async () => {
    const answer = await ask(socket, 'message:send', { consult, clientId: clientId(), kind: 'text', text: '满'.repeat(3000) })
    if (answer.ok) acked.push(answer.message)
    return answer
  }

  test('sends are refused as busy, many of them in one batch', async () => {
    assert.equal((await read()).status, 200, 'the first look leaves its audit row')
    const { bavail, bsize } = statfsSync(folder)
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 200_000)))
    let refused = 0
    await until(async () => {
      const answers = await Promise.all(Array.from({ length: 25 }, send))
      for (const answer of answers.filter((a) => !a.ok)) {
        assert.equal(answer.error.code, 'busy', JSON.stringify(answer))
        refused++
      }
      return refused > 0
    }, 'a refusal')
  })

  test('it says so to the balancer, stays alive, and reads go on', async () => {
    // Under load: in a pause the server tries by itself, and a smaller write may fit where these did not.
    await until(async () => {
      await Promise.all(Array.from({ length: 25 }, send))
      return (await server.call('GET', '/readyz')).status === 503
    }, 'a 503 of /readyz')
    assert.equal((await server.call('GET', '/healthz')).status, 200)
    assert.equal((await read()).status, 200)
    const first = await server.call('GET', `/api/v1/consultations/${consult}`, { token: doctor.token })
    // Its audit row is small and may still fit into the last page; if not, the look is refused, and says why.
    assert.ok(first.status === 200 || first.body.code === 'busy', first.text)
  })

  test('with space again writes resume without a restart, and every ack was true', async () => {
    rmSync(filler)
    await until(async () => (await server.call('GET', '/readyz')).status === 200, 'readiness')
    assert.equal((await send()).ok, true)
    const stored = []
    for (let more = true; more;) {
      const { body } = await server.call('GET',
        `/api/v1/consultations/${consult}/messages?limit=100&after=${stored.at(-1)?.seq ?? 0}`, { token: patient.token })
      stored.push(...body.items)
      more = body.more
    }
    assert.ok(stored.every((m, i) => m.seq === i + 1), 'seq has no gap')
    assert.deepEqual(acked.filter((a) => stored[a.seq - 1]?.id !== a.id), [])
    assert.equal(stored.length, acked.length + 1, 'what was refused is not there')
  })
})
