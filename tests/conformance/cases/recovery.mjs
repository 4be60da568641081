// recovery.mjs - connection state recovery: who was lost comes back as the same one, and misses nothing.
import { conformance, next, sleep, until } from '../case.mjs'

const on = [...conformance, '--recovery', '60000']
const said = (packet) => JSON.parse(packet.replace(/^[^[{]*/, ''))

// A socket of "/", over WebSocket: joined, with the answer to its CONNECT and all that came until its "auth".
async function join(t, auth = '') {
  const session = await t.session('websocket')
  await session.send(`40${auth}`)
  const packets = []
  while (!['40', '42["auth"'].every((head) => packets.some((p) => p.startsWith(head)))) packets.push(await session.next())
  const connect = said(packets.find((p) => p.startsWith('40'))), events = packets.filter((p) => p.startsWith('42')).map(said)
  return Object.assign(session, { connect, events, order: packets.map((p) => p.slice(0, 2)), offset: events.at(-1).at(-1) })
}

async function ask(session, event, ...args) {
  await session.send(`421${JSON.stringify([event, ...args])}`)
  const got = []
  for (let packet; (packet = await session.next()) && !packet.startsWith('431');) got.push(packet)
  return got
}

// Lost, and the server has noticed.
async function lose(session) {
  session.ws.tcp.reset()
  const gone = async () => (await session.t.http('GET', `/socket.io/?EIO=4&transport=polling&sid=${session.open.sid}`)).body.includes('"code":1')
  await until(gone, 'the end of a session')
}

const back = (session, offset = session.offset) => JSON.stringify({ pid: session.connect.pid, offset })
// Everything between CONNECT's answer and this one's own question.
async function heardSince(session) {
  const rest = [...session.events, ...(await ask(session, 'message-with-ack')).map(said)]
  return rest.filter(([event]) => event !== 'auth').map(([, word]) => word)
}
const speak = async (t, room, ...words) => {
  const speaker = await join(t)
  for (const word of words) await speaker.send(`42${JSON.stringify(['to-room', room, 'said', word])}`)
  await ask(speaker, 'message-with-ack')
  return speaker
}
let rooms = 0
const room = (t) => `${t.side}-${++rooms}`

const rows = [
  ['the-answer-has-a-pid', async (t) => Object.keys((await join(t)).connect), ['sid', 'pid']],
  ['events-end-with-an-offset', async (t) => {
    const session = await join(t)
    return [session.events[0].slice(0, 2), typeof session.offset, session.events[0].length]
  }, [['auth', {}], 'string', 3]],
  ['offsets-differ', async (t) => {
    const session = await join(t)
    await session.send('42["message",1]', '42["message",2]')
    const offsets = [session.offset, said(await session.next()).at(-1), said(await session.next()).at(-1)]
    return new Set(offsets).size
  }, 3],
  ['questions-have-none', async (t) => {
    const session = await join(t)
    await session.send('42["emit-with-ack",1]')
    return said(await session.next())
  }, ['server-ack', 1]],
  ['answers-have-none', async (t) => {
    const session = await join(t)
    await session.send('427["message-with-ack",1]')
    return session.next()
  }, '437[1]'],
  ['the-same-id-and-pid', async (t) => {
    const first = await join(t)
    await lose(first)
    const { connect } = await join(t, back(first))
    return [connect.sid === first.connect.sid, connect.pid === first.connect.pid]
  }, [true, true]],
  ['what-was-missed', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await lose(first)
    await speak(t, name, 'one', 'two')
    return heardSince(await join(t, back(first)))
  }, ['one', 'two']],
  ['not-what-was-heard', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await speak(t, name, 'heard')
    const offset = said(await first.next()).at(-1)
    await lose(first)
    await speak(t, name, 'missed')
    return heardSince(await join(t, back(first, offset)))
  }, ['missed']],
  ['not-what-others-heard', async (t) => {
    const first = await join(t)
    await lose(first)
    await speak(t, room(t), 'for others')
    return heardSince(await join(t, back(first)))
  }, []],
  ['rooms-are-kept', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await lose(first)
    const again = await join(t, back(first))
    await speak(t, name, 'later')
    return said(await again.next())[1]
  }, 'later'],
  ['missed-attachments', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await lose(first)
    const speaker = await join(t)
    await speaker.send(`451-["to-room","${name}","said",{"_placeholder":true,"num":0}]`, 'b:0102')
    await ask(speaker, 'message-with-ack')
    const session = await t.session('websocket'), got = []
    await session.send(`40${back(first)}`)
    while (got.filter((packet) => packet.startsWith('b:')).length === 0) got.push(await session.next())
    return got.filter((packet) => packet.startsWith('451-')).map((packet) => said(packet)[1]).concat(got.at(-1))
  }, [{ _placeholder: true, num: 0 }, 'b:0102']],
  ['an-unknown-pid-is-somebody-new', async (t) => {
    const first = await join(t)
    await lose(first)
    const { connect } = await join(t, '{"pid":"nobody","offset":"x"}')
    return [connect.sid === first.connect.sid, Object.keys(connect)]
  }, [false, ['sid', 'pid']]],
  ['an-unknown-offset-is-somebody-new', async (t) => {
    const first = await join(t)
    await lose(first)
    return (await join(t, back(first, 'never said'))).connect.sid === first.connect.sid
  }, false],
  ['no-offset-is-somebody-new', async (t) => {
    const first = await join(t)
    await lose(first)
    return (await join(t, JSON.stringify({ pid: first.connect.pid }))).connect.sid === first.connect.sid
  }, false],
  ['who-left-does-not-come-back', async (t) => {
    const first = await join(t)
    await first.send('41')
    await lose(first)
    return (await join(t, back(first))).connect.sid === first.connect.sid
  }, false],
  ['who-was-sent-away-does-not', async (t) => {
    const first = await join(t)
    await first.send('42["disconnect-me"]')
    await first.next()
    await lose(first)
    return (await join(t, back(first))).connect.sid === first.connect.sid
  }, false],
  ['who-is-here-does-not-come-twice', async (t) => {
    const first = await join(t)
    return (await join(t, back(first))).connect.sid === first.connect.sid
  }, false],
  ['not-in-another-namespace', async (t) => {
    const first = await join(t)
    await lose(first)
    const session = await t.session('websocket')
    await session.send(`40/custom,${back(first)}`)
    return said(await session.next()).sid === first.connect.sid
  }, false],
  ['connect-comes-first', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await lose(first)
    await speak(t, name, 'missed')
    return (await join(t, back(first))).order
  }, ['40', '42', '42'], { because: 'recovery-connect-first', reference: ['42', '40', '42'] }],
  ['a-pid-is-good-once', async (t) => {
    const first = await join(t)
    await lose(first)
    const one = await join(t, back(first)), two = await join(t, back(first))
    return [one, two].map(({ connect }) => connect.sid === first.connect.sid)
  }, [true, false], { because: 'recovery-pid', reference: [true, true] }],
  ['rooms-of-that-time', async (t) => {
    const first = await join(t), name = room(t)
    await ask(first, 'join', name)
    await speak(t, name, 'seen', 'on its way')
    const offset = said(await first.next()).at(-1)
    await ask(first, 'leave', name)
    await lose(first)
    await speak(t, name, 'after it had left')
    return heardSince(await join(t, back(first, offset)))
  }, ['on its way'], { because: 'recovery-rooms', reference: [] }],
].map(([id, run, want, differs]) => ({ id: `recovery.${id}`, on, want, ...differs, run }))

const clients = [
  ['websocket', ['websocket']], ['polling', ['polling']], ['upgrade', ['polling', 'websocket']],
].map(([id, transports]) => ({
  id: `recovery.official-client.${id}`, on, want: [true, true, 'in order'],
  async run(t) {
    const options = { transports, reconnection: true, reconnectionDelay: 150, reconnectionDelayMax: 200 }
    const listener = t.io('', options), speaker = t.io('', { transports: ['websocket'] }), name = room(t), heard = []
    listener.on('said', (n) => heard.push(n))
    await listener.timeout(15_000).emitWithAck('join', name)
    await speaker.timeout(15_000).emitWithAck('message-with-ack')
    const first = listener.id, again = new Promise((done) => { listener.io.once('reconnect', done) })
    for (let i = 0; i < 100; i++) {
      speaker.emit('to-room', name, 'said', i)
      if (i === 30) listener.io.engine.close()
      if (i % 5 === 0) await sleep(4)
    }
    await again
    await until(() => listener.connected && heard.length >= 100, 'all of them')
    return [listener.recovered, listener.id === first, heard.every((n, i) => n === i) ? 'in order' : heard.join(' ')]
  },
}))

const timed = [
  { id: 'recovery.too-late', on: [...conformance, '--recovery', '300'], want: false, timed: true, async run(t) {
    const first = await join(t)
    await lose(first)
    await sleep(600)
    return (await join(t, back(first))).connect.sid === first.connect.sid
  } },
  { id: 'recovery.off', on: conformance, want: [['sid'], 2, false], async run(t) {
    const first = await join(t)
    await lose(first)
    const again = await join(t, '{"pid":"x","offset":"y"}')
    return [Object.keys(first.connect), first.events[0].length, again.connect.sid === first.connect.sid]
  } },
  { id: 'recovery.off-and-asked', on: conformance, want: [{ pid: 'x', offset: 'y' }],
    run: async (t) => next(t.io('', { auth: { pid: 'x', offset: 'y' } }), 'auth') },
]

export default [...rows, ...clients, ...timed]
