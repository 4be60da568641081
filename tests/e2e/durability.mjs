// durability.mjs N - kill -9 under a load of sends, N rounds: after each restart every acknowledged message is there
// exactly once, unaltered, in order, and seq has no gap. Acknowledgements are noted with fsync before they count.
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ask, clientId, Server, sleep } from './server.mjs'

const rounds = Number(process.argv[2] ?? 5)
const SENDERS = 8, CONSULTS = 4
let checks = 0, failures = 0

function check(holds, what) {
  checks++
  if (holds) return
  failures++
  console.log(`not ok - ${what}`)
}

async function start(server, people) {
  for (const login of ['patient1', 'patient2', 'doctor1', 'doctor2']) people[login] ??= await server.login(login)
}

async function consultsMake(server, people) {
  const made = []
  for (let i = 0; i < CONSULTS; i++) {
    const patient = people[`patient${1 + i % 2}`], doctor = people[`doctor${1 + (i >> 1)}`]
    const { body } = await server.call('POST', '/api/v1/consultations',
      { token: patient.token, body: { doctor: doctor.user.id, text: `consult ${i}`, clientId: clientId() } })
    made.push({ id: body.consult.id, patient, doctor })
  }
  return made
}

// One sender: the next message only after the last ack; what was not acked at the kill is sent again after it.
async function send(server, consult, who, note, state) {
  const socket = await server.connect(who.token, { transports: ['websocket'], reconnection: false }).catch(() => null)
  while (socket?.connected && !state.killed) {
    state.open ??= { id: clientId(), text: `text ${state.made++} 你好` }
    const answer = await ask(socket, 'message:send',
      { consult: consult.id, clientId: state.open.id, kind: 'text', text: state.open.text }, 2000).catch(() => null)
    if (answer?.ok) {
      note(consult.id, state.open, answer.message)
      state.open = null
    } else if (answer) {
      throw new Error(`refused: ${JSON.stringify(answer)}`)
    }
  }
  socket?.close()
}

async function everything(server, consult) {
  const items = []
  for (let after = 0, more = true; more;) {
    const { body } = await server.call('GET', `/api/v1/consultations/${consult.id}/messages?after=${after}&limit=100`,
      { token: consult.doctor.token })
    items.push(...body.items)
    after = items.at(-1)?.seq ?? 0
    more = body.more && body.items.length > 0
  }
  return items
}

async function verify(server, consults, notes, round) {
  const acked = new Map()
  for (const line of readFileSync(notes, 'utf8').split('\n').filter(Boolean)) {
    const [consult, id, text, message, seq] = JSON.parse(line)
    acked.set(consult, [...(acked.get(consult) ?? []), { id, text, message, seq }])
  }
  let stored = 0
  for (const consult of consults) {
    const items = await everything(server, consult)
    stored += items.length
    check(items.every((m, i) => m.seq === i + 1), `round ${round}: seq of ${consult.id} is gapless and in order`)
    const ids = items.map((m) => `${m.sender.id} ${m.clientId}`)
    check(new Set(ids).size === ids.length, `round ${round}: nothing is doubled in ${consult.id}`)
    const lost = (acked.get(consult.id) ?? []).filter((a) => {
      const m = items[a.seq - 1]
      return m?.id !== a.message || m.clientId !== a.id || m.text !== a.text
    })
    check(lost.length === 0, `round ${round}: ${lost.length} acknowledged messages of ${consult.id} are lost or altered`)
  }
  return { acked: [...acked.values()].reduce((n, list) => n + list.length, 0), stored }
}

const server = await Server.start()
const notes = join(server.data, 'acked.log')
const file = openSync(notes, 'a')
const note = (consult, sent, got) => {
  writeSync(file, JSON.stringify([consult, sent.id, sent.text, got.id, got.seq]) + '\n')
  fsyncSync(file)
}
const people = {}
await start(server, people)
const consults = await consultsMake(server, people)
const states = Array.from({ length: SENDERS }, () => ({ made: 0, open: null }))
let total

for (let round = 1; round <= rounds; round++) {
  states.forEach((state) => { state.killed = false })
  const senders = states.map((state, i) => {
    const consult = consults[i % CONSULTS]
    return send(server, consult, i < SENDERS / 2 ? consult.patient : consult.doctor, note, state)
  })
  await sleep(150 + Math.random() * 400)
  states.forEach((state) => { state.killed = true })
  await server.kill('SIGKILL')
  await Promise.all(senders)
  await server.run()
  total = await verify(server, consults, notes, round)
}
// What was open at the last kill is sent again: a retry is stored once, whether its ack was lost or not.
for (const [i, state] of states.entries()) {
  if (!state.open) continue
  const consult = consults[i % CONSULTS], who = i < SENDERS / 2 ? consult.patient : consult.doctor
  const { status, body } = await server.call('POST', `/api/v1/consultations/${consult.id}/messages`,
    { token: who.token, body: { clientId: state.open.id, kind: 'text', text: state.open.text } })
  check(status === 201, `a retry after the kill is taken: ${status}`)
  if (status === 201) note(consult.id, state.open, body.message)
}
total = await verify(server, consults, notes, 'of retries')
closeSync(file)
check(total.acked > rounds * SENDERS, `the load was real: ${total.acked} acknowledged`)
await server.stop()
console.log(`${rounds} kills, ${total.acked} acknowledged, ${total.stored} stored`)
console.log(`${checks - failures} passed, ${failures} failed`)
process.exit(failures ? 1 : 0)
