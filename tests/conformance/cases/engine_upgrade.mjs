// engine_upgrade.mjs - from polling to WebSocket: nothing is lost, doubled or reordered, and whatever goes wrong with the
// probe leaves the session where it was.
import { conformance, echo, next, sleep, until } from '../case.mjs'
import { BINARY, TEXT, frame, requestBytes } from '../wire.mjs'

const upgradeSoon = [...conformance, '--upgrade-timeout', '300']
const probing = (t, session) => t.ws(`${session.path}?EIO=4&transport=websocket&sid=${session.sid}`)

async function probed(t, session) {
  const ws = await probing(t, session)
  ws.text('2probe')
  if (await ws.next() !== 'text 3probe') throw new Error('no answer to the probe')
  return ws
}

async function upgraded(t) {
  const session = await t.session('polling'), ws = await probed(t, session)
  ws.text('5')
  ws.text('4there?')
  if (await ws.next() !== 'text 4there?') throw new Error('no upgrade')
  return { session, ws }
}

const path = [
  { id: 'upgrade.probe', want: 'text 3probe', async run(t) {
    const ws = await probing(t, await t.session('polling'))
    ws.text('2probe')
    return ws.next()
  } },
  { id: 'upgrade.done', want: ['text 4hello', 'binary 0102'], async run(t) {
    const { ws } = await upgraded(t)
    ws.send(frame(TEXT, '4hello'), frame(BINARY, [1, 2]))
    return [await ws.next(), await ws.next()]
  } },
  { id: 'upgrade.probe-twice', want: ['text 3probe', 'text 4x'], async run(t) {
    const ws = await probed(t, await t.session('polling'))
    ws.text('2probe')
    const again = await ws.next()
    ws.send(frame(TEXT, '5'), frame(TEXT, '4x'))
    return [again, await ws.next()]
  } },
  { id: 'upgrade.without-probe', want: 'text 4x', async run(t) {
    const ws = await probing(t, await t.session('polling'))
    ws.send(frame(TEXT, '5'), frame(TEXT, '4x'))
    return ws.next()
  } },
  { id: 'upgrade.all-in-one-segment', want: ['text 3probe', 'text 4a', 'text 4b'], async run(t) {
    const ws = await probing(t, await t.session('polling'))
    ws.send(frame(TEXT, '2probe'), frame(TEXT, '5'), frame(TEXT, '4a'), frame(TEXT, '4b'))
    return [await ws.next(), await ws.next(), await ws.next()]
  } },
  { id: 'upgrade.sends-a-waiting-get-home', want: [200, '6'], async run(t) {
    const session = await t.session('polling'), get = await session.wait()
    await sleep(20)
    await probed(t, session)
    const { status, body } = await get.reply
    return [status, body]
  } },
  { id: 'upgrade.sends-a-later-get-home', want: [200, '6'], async run(t) {
    const session = await t.session('polling')
    await probed(t, session)
    const { status, body } = await session.get()
    return [status, body]
  } },
  { id: 'upgrade.sends-every-get-home', want: ['6', '6'], async run(t) {
    const session = await t.session('polling')
    await probed(t, session)
    return [(await session.get()).body, (await session.get()).body]
  } },
  { id: 'upgrade.what-waited-comes-over-it', want: ['text 4a', 'binary 01', 'text 4b'], async run(t) {
    const session = await t.session('polling')
    await session.post('4a\x1ebAQ==\x1e4b')
    const ws = await probed(t, session)
    ws.text('5')
    return [await ws.next(), await ws.next(), await ws.next()]
  } },
  { id: 'upgrade.what-was-said-while-probing', want: ['text 4before', 'text 4while', 'text 4after'], async run(t) {
    const session = await t.session('polling')
    await session.post('4before')
    const ws = await probed(t, session)
    await session.post('4while')
    ws.send(frame(TEXT, '5'), frame(TEXT, '4after'))
    return [await ws.next(), await ws.next(), await ws.next()]
  } },
  { id: 'upgrade.a-get-takes-what-waited', want: ['4before', 'text 4after'], async run(t) {
    const session = await t.session('polling')
    await session.post('4before')
    const ws = await probed(t, session)
    const { body } = await session.get()
    ws.send(frame(TEXT, '5'), frame(TEXT, '4after'))
    return [body, await ws.next()]
  } },
  { id: 'upgrade.a-get-that-stayed', want: [200, '6', 'text 4x'], because: 'get-at-the-upgrade', reference: [200, '1', 'text 4x'], async run(t) {
    const session = await t.session('polling'), get = await session.wait(), ws = await probing(t, session)
    await sleep(20)
    ws.send(frame(TEXT, '5'), frame(TEXT, '4x'))
    const { status, body } = await get.reply
    return [status, body, await ws.next()]
  } },
]

const refused = [
  { id: 'upgrade.then-get', want: [400, '{"code":3,"message":"Bad request"}', 'text 4x'], async run(t) {
    const { session, ws } = await upgraded(t), { status, body } = await session.get()
    ws.text('4x')
    return [status, body, await ws.next()]
  } },
  { id: 'upgrade.then-post', want: [400, '{"code":3,"message":"Bad request"}', 'text 4x'], async run(t) {
    const { session, ws } = await upgraded(t), { status, body } = await session.post('4lost')
    ws.text('4x')
    return [status, body, await ws.next()]
  } },
  { id: 'upgrade.then-another', want: ['close', 'text 4x'], async run(t) {
    const { session, ws } = await upgraded(t), other = await probing(t, session)
    ws.text('4x')
    return [await other.next(), await ws.next()]
  } },
  { id: 'upgrade.two-at-once', want: ['close', 'text 3probe', 'text 4x'], async run(t) {
    const session = await t.session('polling'), ws = await probing(t, session)
    await sleep(20)
    const other = await probing(t, session), end = await other.next()
    ws.text('2probe')
    const pong = await ws.next()
    ws.send(frame(TEXT, '5'), frame(TEXT, '4x'))
    return [end, pong, await ws.next()]
  } },
  { id: 'upgrade.other-revision', want: [400, 'Bad request', '4alive'], async run(t) {
    const session = await t.session('polling'), ws = await t.ws(`/engine.io/?EIO=3&transport=websocket&sid=${session.sid}`)
    await session.send('4alive')
    return [ws.reply.status, ws.body, await session.next()]
  } },
  { id: 'upgrade.of-an-ended-session', want: [400, 'Session ID unknown'], async run(t) {
    const session = await t.session('polling')
    await session.post('1')
    const ws = await probing(t, session)
    return [ws.reply.status, ws.body]
  } },
  { id: 'upgrade.bad-handshake', want: [400, '4alive'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('GET', `/engine.io/?EIO=4&transport=websocket&sid=${session.sid}`, { headers: {
      Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': 'x' } }))
    const { status } = await tcp.reply()
    await session.send('4alive')
    return [status, await session.next()]
  } },
  // All else on the probe ends the probe, and the session goes on polling.
  ...Object.entries({ message: '4x', ping: '2', noop: '6', close: '1', open: '0', letter: 'abc', empty: '', 'other-probe': '2prob' }).map(([id, packet]) => ({
    id: `upgrade.probe-says-${id}`, want: ['close', '4alive'], async run(t) {
      const session = await t.session('polling'), ws = await probing(t, session)
      ws.text(packet)
      const end = await ws.next()
      await session.send('4alive')
      return [end, await session.next()]
    } })),
  { id: 'upgrade.probe-says-binary', want: ['close', '4alive'], async run(t) {
    const session = await t.session('polling'), ws = await probing(t, session)
    ws.send(frame(BINARY, [1]))
    const end = await ws.next()
    await session.send('4alive')
    return [end, await session.next()]
  } },
  { id: 'upgrade.probe-says-pong', want: 'text 3probe', because: 'pong-on-the-probe', reference: 'close', async run(t) {
    const ws = await probing(t, await t.session('polling'))
    ws.send(frame(TEXT, '3'), frame(TEXT, '2probe'))
    return ws.next()
  } },
  { id: 'upgrade.probe-breaks-the-framing', want: ['close 1002', '4alive'], async run(t) {
    const session = await t.session('polling'), ws = await probing(t, session)
    ws.send(frame(TEXT, 'x', { rsv: 2 }))
    const end = await ws.next()
    await session.send('4alive')
    return [end, await session.next()]
  } },
  { id: 'upgrade.probe-is-cut', want: ['4alive', 'text 3probe'], async run(t) {
    const session = await t.session('polling')
    ;(await probed(t, session)).tcp.reset()
    await session.send('4alive')
    const alive = await session.next()
    let answer
    do {                                        // "close" until the server has noticed the cut
      const ws = await probing(t, session)
      ws.text('2probe')
      answer = await ws.next()
    } while (answer === 'close')
    return [alive, answer]
  } },
  { id: 'upgrade.session-ends-while-probing', want: 'close', async run(t) {
    const session = await t.session('polling'), ws = await probed(t, session)
    await session.post('1')
    return ws.next()
  } },
  { id: 'upgrade.too-slow', on: upgradeSoon, want: ['close', '4alive'], timed: true, async run(t) {
    const session = await t.session('polling'), ws = await probed(t, session), end = await ws.next()
    await session.send('40/custom,')
    return [end, (await session.next()).startsWith('40/custom,') ? '4alive' : 'dead']
  } },
  { id: 'upgrade.disconnected-while-probing', on: conformance, want: ['text 41', 'close'], async run(t) {
    const session = await t.session('polling')
    await session.send('40')
    for (let i = 0; i < 2; i++) await session.next()
    const ws = await probed(t, session)
    await session.send('42["disconnect-me",true]')
    ws.text('5')
    return [await ws.next(), await ws.next()]
  } },
]

// A client as the official one: it pauses polling after 3probe, then says 5. What it sends is numbered.
async function numbered(t, seed) {
  let random = seed
  const dice = (sides) => (random = (random * 1103515245 + 12345) & 0x7fffffff) % sides
  const session = await t.session('polling'), heard = [], total = 120
  let paused = false, sent = 0
  const polls = (async () => {
    while (!paused) heard.push(...(await session.get()).body.split('\x1e'))
  })()
  const batch = () => Array.from({ length: Math.min(1 + dice(6), total - sent) }, () => `4${sent++}`)
  while (sent < 20 + dice(40)) {
    await session.post(batch().join('\x1e'))
    await sleep(dice(4))
  }
  const ws = await probing(t, session)
  if (dice(2)) await session.post(batch().join('\x1e'))
  ws.text('2probe')
  if (dice(2)) await session.post(batch().join('\x1e'))
  if (await ws.next() !== 'text 3probe') throw new Error('no answer to the probe')
  paused = true
  if (dice(2)) await session.post(batch().join('\x1e'))
  await polls
  ws.text('5')
  while (sent < total) {
    ws.send(...batch().map((packet) => frame(TEXT, packet)))
    await sleep(dice(3))
  }
  const said = () => heard.filter((packet) => packet !== '6')
  while (said().length < total) heard.push((await ws.next()).slice(5))
  return said().every((packet, i) => packet === `4${i}`) ? 'in order' : said().join(' ')
}
const races = Array.from({ length: 12 }, (_, i) => ({ id: `upgrade.numbered-${i + 1}`, want: 'in order', run: (t) => numbered(t, 1 + i) }))

// The official client, which sends before, while and after it upgrades.
async function official(t, send, total) {
  const engine = t.engine({ transports: ['polling', 'websocket'] }), heard = []
  engine.binaryType = 'arraybuffer'
  engine.on('message', (data) => heard.push(typeof data === 'string' ? Number(data) : new DataView(data).getUint32(0)))
  const opened = next(engine, 'open')
  await send(engine, opened)
  await until(() => heard.length >= total, 'all messages')
  await until(() => engine.transport.name === 'websocket', 'the upgrade')
  return heard.every((n, i) => n === i) && heard.length === total ? 'in order' : heard.join(' ')
}
const bytes = (n) => { const data = new Uint8Array(4); new DataView(data.buffer).setUint32(0, n); return data }
const clients = [
  ['at-once', async (engine, opened) => { await opened; for (let i = 0; i < 300; i++) engine.send(`${i}`) }],
  ['before-open', async (engine) => { for (let i = 0; i < 300; i++) engine.send(`${i}`) }],
  ['spread', async (engine, opened) => { await opened; for (let i = 0; i < 300; i++) { engine.send(`${i}`); if (i % 5 === 0) await sleep(1) } }],
  ['binary', async (engine, opened) => { await opened; for (let i = 0; i < 300; i++) { engine.send(bytes(i)); if (i % 10 === 0) await sleep(1) } }],
  ['mixed', async (engine, opened) => { await opened; for (let i = 0; i < 300; i++) { engine.send(i % 2 ? `${i}` : bytes(i)); if (i % 7 === 0) await sleep(2) } }],
  ['while-upgrading', async (engine, opened) => {
    await opened
    let i = 0
    for (; i < 50; i++) engine.send(`${i}`)
    engine.once('upgrading', () => { for (; i < 100; i++) engine.send(`${i}`) })
    await next(engine, 'upgrade')
    for (; i < 300; i++) engine.send(`${i}`)
  }],
].map(([id, send]) => ({ id: `upgrade.client-${id}`, want: 'in order', run: (t) => official(t, send, 300) }))

export default [...path, ...refused, ...races, ...clients].map((row) => ({ on: echo, ...row }))
