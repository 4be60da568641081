// heartbeat.mjs - what time does: pings, what answers them, and what ends when nothing comes. A busy machine is late:
// only what may not come too early is measured, and each measure begins before the act.
import { echo, next, sleep } from '../case.mjs'

const QUICK = ['echo', '--ping-interval', '300', '--ping-timeout', '200']
const WIDE = ['echo', '--ping-interval', '300', '--ping-timeout', '3000']
const now = () => performance.now()
const raw = async (t, on) => (await t.session('websocket', on)).ws

const rows = [
  { id: 'beat.polling', on: WIDE, want: ['2', 'ok', '2', 'ok', '2', 'ok'], async run(t) {
    const session = await t.session('polling'), got = []
    for (let i = 0; i < 3; i++) got.push((await session.get()).body, (await session.post('3')).body)
    return got
  } },
  { id: 'beat.websocket', on: WIDE, want: ['text 2', 'text 2', 'text 2', 'text 2', 'text 4x'], async run(t) {
    const ws = await raw(t), got = []
    for (let i = 0; i < 4; i++) {
      got.push(await ws.next())
      ws.text('3')
    }
    ws.text('4x')
    return [...got, await ws.next()]
  } },
  { id: 'beat.not-before-its-time', on: WIDE, want: true, async run(t) {
    const began = now(), ws = await raw(t)
    await ws.next()
    return now() - began >= 299
  } },
  { id: 'beat.counts-from-the-pong', on: WIDE, want: true, async run(t) {
    const ws = await raw(t)
    await ws.next()
    await sleep(150)
    const ponged = now()
    ws.text('3')
    await ws.next()
    return now() - ponged >= 299
  } },
  { id: 'beat.nobody-answers.websocket', on: QUICK, want: ['text 2', 'close', true], async run(t) {
    const began = now(), ws = await raw(t)
    return [await ws.next(), await ws.next(), now() - began >= 499]
  } },
  { id: 'beat.nobody-answers.polling', on: QUICK, want: ['2', [200, '1'], 400], async run(t) {
    const session = await t.session('polling')
    const ping = await session.get(), { status, body } = await session.get(), after = await session.get()
    return [ping.body, [status, body], after.status]
  } },
  { id: 'beat.nobody-polls', on: QUICK, want: [400, '{"code":1,"message":"Session ID unknown"}'], async run(t) {
    const session = await t.session('polling')
    await sleep(2000)
    const { status, body } = await session.get()
    return [status, body]
  } },
  { id: 'beat.nobody-answers-while-probing', on: QUICK, want: 'close', async run(t) {
    const session = await t.session('polling')
    const ws = await t.ws(`/engine.io/?EIO=4&transport=websocket&sid=${session.sid}`)
    ws.text('2probe')
    await ws.next()
    return ws.next()
  } },
  // Who sends is alive, though the pong may stand behind it: but only once a ping.
  { id: 'beat.a-message-gives-time', on: ['echo', '--ping-interval', '300', '--ping-timeout', '1500'], want: ['text 4x', 'close', true], async run(t) {
    const ws = await raw(t)
    await ws.next()
    await sleep(700)
    const spoke = now()
    ws.text('4x')
    return [await ws.next(), await ws.next(), now() - spoke >= 1499]
  } },
  { id: 'beat.messages-do-not-replace-pongs', on: QUICK, want: 'close', async run(t) {
    const ws = await raw(t), talking = setInterval(() => ws.text('4x'), 50)
    t.later(() => clearInterval(talking))
    for (;;) {
      const got = await ws.next()
      if (got !== 'text 4x' && got !== 'text 2') return got
    }
  } },
  { id: 'beat.pong-over-the-new-transport', on: WIDE, want: ['2', 'text 3probe', 'text 2', 'text 4x'], async run(t) {
    const session = await t.session('polling')
    const { body } = await session.get()                       // the ping, by polling; its pong goes by WebSocket
    const ws = await t.ws(`/engine.io/?EIO=4&transport=websocket&sid=${session.sid}`)
    ws.text('2probe')
    const probe = await ws.next()
    ws.text('5')
    ws.text('3')
    const ping = await ws.next()
    ws.text('4x')
    return [body, probe, ping, await ws.next()]
  } },
  ...[['websocket', ['websocket']], ['polling', ['polling']], ['upgrade', ['polling', 'websocket']]].map(([id, transports]) => ({
    id: `beat.official-client.${id}`, on: WIDE, want: 4, async run(t) {
      const engine = t.engine({ transports })
      let beats = 0
      engine.on('heartbeat', () => beats++)
      engine.on('close', () => { beats = NaN })
      for (let i = 0; i < 4; i++) await next(engine, 'heartbeat')
      return beats
    } })),
]

const JOIN_SOON = ['conformance', '--ping-interval', '25000', '--ping-timeout', '20000', '--connect-timeout', '400']
const joining = [
  { id: 'joining.nobody.websocket', want: 'closed', run: async (t) => (await t.session('websocket')).next() },
  { id: 'joining.nobody.polling', want: 'closed', run: async (t) => (await t.session('polling')).next() },
  { id: 'joining.not-before-its-time', want: true, async run(t) {
    const began = now()
    await (await t.session('websocket')).next()
    return now() - began >= 399
  } },
  { id: 'joining.a-refused-one-is-not-joined', want: ['44/refused,{"message":"refused","data":{"code":403}}', 'closed'], async run(t) {
    const session = await t.session('websocket')
    await session.send('40/refused,')
    return [await session.next(), await session.next()]
  } },
  { id: 'joining.an-unknown-one-is-not-joined', want: ['44/none,{"message":"Invalid namespace"}', 'closed'], async run(t) {
    const session = await t.session('websocket')
    await session.send('40/none,')
    return [await session.next(), await session.next()]
  } },
  { id: 'joining.who-left-may-stay', want: '44/none,{"message":"Invalid namespace"}', async run(t) {
    const session = await t.session('websocket')
    await session.send('40')
    for (let i = 0; i < 2; i++) await session.next()
    await session.send('41')
    await sleep(900)
    await session.send('40/none,')
    return session.next()
  } },
].map((row) => ({ on: JOIN_SOON, ...row }))

export default [...rows, ...joining].map((row) => ({ on: echo, timed: true, ...row }))
