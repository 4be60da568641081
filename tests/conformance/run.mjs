// run.mjs - every case against our server and against the reference: node run.mjs [--only ours|reference] [id…]
// A case is { id, on, run, want } and, where the two differ on purpose, { reference, because }: `because` is the
// name of a row in docs/protocol.md, and every row there that has a name has a case. Rare ones have `sides`.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Case } from './case.mjs'
import { Servers } from './servers.mjs'

const { values: { only }, positionals: wanted } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })
const here = new URL('.', import.meta.url).pathname
const AT_ONCE = 12, CASE_MS = 60_000

async function load() {
  const cases = []
  for (const file of readdirSync(`${here}cases`).sort()) {
    const { default: rows } = await import(`./cases/${file}`)
    cases.push(...rows)
  }
  return cases
}

// The case file and the document must tell the same story.
function bookkeeping(cases) {
  const failures = []
  const document = readFileSync(`${here}../../docs/protocol.md`, 'utf8').split(/^## /m).find((s) => s.startsWith('Where we differ'))
  const rows = new Set([...document.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]))
  const used = new Set(cases.filter((c) => 'reference' in c).map((c) => c.because))
  const ids = cases.map((c) => c.id)
  const check = (name, problems) => { if (problems.length > 0) failures.push(`${name}: ${problems.join(', ')}`) }

  check('differs, and docs/protocol.md has no such row', [...used].filter((id) => !rows.has(id)))
  check('docs/protocol.md names a difference that no case shows', [...rows].filter((id) => !used.has(id)))
  check('two cases of one name', ids.filter((id, i) => ids.indexOf(id) !== i))
  check('does not differ at all', cases.filter((c) => 'reference' in c && same(c.reference, c.want)).map((c) => c.id))
  return failures
}

function same(a, b) {
  try { assert.deepStrictEqual(a, b) } catch { return false }
  return true
}

async function runCase(servers, row, side) {
  const one = new Case(row, side, await servers.of(side, row.on))
  let late
  try {
    const got = await Promise.race([row.run(one),
      new Promise((_, fail) => { late = setTimeout(() => fail(new Error('gave up')), CASE_MS) })])
    assert.deepStrictEqual(got, side === 'reference' && 'reference' in row ? row.reference : row.want)
    return undefined
  } catch (error) {
    return `not ok - ${side} ${row.id}\n${error.stack ?? error}`
  } finally {
    clearTimeout(late)
    one.finish()
  }
}

// Cases about time come last and nearly alone: they promise what a busy machine may break.
async function runAll(servers, cases, sides) {
  const jobs = cases.flatMap((row) => sides.filter((side) => row.sides?.includes(side) ?? true).map((side) => ({ row, side })))
  const failures = [], ran = jobs.length
  for (const [chosen, atOnce] of [[jobs.filter((j) => !j.row.timed), AT_ONCE], [jobs.filter((j) => j.row.timed), 4]]) {
    const worker = async () => {
      for (let job; (job = chosen.shift()) !== undefined;) failures.push(await runCase(servers, job.row, job.side))
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }
  return { ran, failures: failures.filter(Boolean) }
}

const all = await load()
const cases = all.filter((c) => wanted.length === 0 || wanted.some((id) => c.id.startsWith(id)))
const sides = only ? [only] : ['ours', 'reference']
const servers = new Servers()
const failures = wanted.length === 0 ? bookkeeping(all) : []
const { ran, failures: failed } = await runAll(servers, cases, sides)
failures.push(...failed)
failures.push(...await servers.finish())
for (const failure of failures) console.log(failure)
console.log(`${all.length} cases`)
console.log(`${Math.max(0, ran - failures.length)} passed, ${failures.length} failed`)
process.exit(failures.length > 0 ? 1 : 0)
