// audit.test.mjs - what was done is as it was written, and what is cut away is missed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Server, until } from './server.mjs'

const root = new URL('../..', import.meta.url).pathname
const build = process.env.TEST_BUILD ?? join(root, 'build')

describe('audit', () => {
  let server
  const elsewhere = mkdtempSync(join(tmpdir(), 'consultd-e2e-'))
  const head = join(elsewhere, 'head')
  before(async () => { server = await Server.start(['--audit-head-file', head]) })
  after(async () => {
    await server?.stop()
    rmSync(elsewhere, { recursive: true, force: true })
  })

  const verify = (...flags) => {
    const { status, stdout } = spawnSync(join(build, 'consultd'), ['audit', 'verify', '--data', server.data, ...flags])
    return { status, text: String(stdout) }
  }
  const sql = (...statements) => {
    const { status, stderr } = spawnSync('python3', ['-c', 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1])\n' +
      'for s in sys.argv[2:]: d.execute(s)\nd.commit()', join(server.data, 'consultd.db'), ...statements])
    assert.equal(status, 0, String(stderr))
  }

  test('beside the running server, with its head outside of the data', async () => {
    await server.login('patient1')
    await until(() => statSync(head, { throwIfNoEntry: false }), 'the head')
    assert.match(readFileSync(head, 'utf8'), /^consultd-audit-head 1 \d+ \d+ [0-9a-f]{72} [0-9a-f]{72}\n$/)
    const { status, text } = verify('--head', head)
    assert.equal(status, 0)
    assert.match(text, /^\d+ rows, all as they were written\n$/)
  })

  test('an end that was cut is missed, named, and never written over', async () => {
    await server.stop({ keep: true })           // its last row is in the head
    assert.deepEqual(verify('--head', head).status, 0)
    const rows = Number(/ (\d+) /.exec(readFileSync(head, 'utf8').slice(21))[1])
    copyFileSync(head, join(elsewhere, 'copy'))
    sql('DROP TRIGGER audit_no_del', 'DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)')
    assert.deepEqual(verify(), { status: 0, text: `${rows - 1} rows, all as they were written\n` })
    assert.deepEqual(verify('--head', head), {
      status: 1, text: `row ${rows}: missing: the end was cut\n${rows - 1} rows before it are as they were written\n`,
    })
    await server.run()
    await until(() => /event=audit\.head /.test(server.log), 'a line about it')
    assert.equal(readFileSync(head, 'utf8'), readFileSync(join(elsewhere, 'copy'), 'utf8'))
  })

  test('what is asked wrongly is told the usage', () => {
    for (const flags of [[], ['check'], ['verify', '--head'], ['verify', '--nonsense', 'x']])
      assert.equal(spawnSync(join(build, 'consultd'), ['audit', ...flags]).status, 2)
  })
})
