// engine_messages.mjs - packets and payloads of Engine.IO on both transports, and what ends a session.
import { dialogues, echo, sleep } from '../case.mjs'
import { BINARY, TEXT, frame, requestBytes } from '../wire.mjs'

const both = dialogues(echo, [
  { id: 'message.text', says: `
    > 4hello
    < 4hello` },
  { id: 'message.empty', says: `
    > 4
    < 4` },
  { id: 'message.binary', says: `
    > b:01020304
    < b:01020304` },
  { id: 'message.binary-empty', says: `
    > b:
    < b:` },
  { id: 'message.unicode', says: `
    > 4é 表 医 🙂 \u2028
    < 4é 表 医 🙂 \u2028` },
  { id: 'message.nul', says: `
    > 4a\0b
    < 4a\0b` },
  { id: 'message.bom', says: `
    > 4\ufeffx
    < 4\ufeffx` },
  { id: 'message.several', says: `
    > 4test1␞4test2␞4test3
    < 4test1
    < 4test2
    < 4test3` },
  { id: 'message.text-and-binary', says: `
    > 4hello␞b:01020304␞4bye
    < 4hello
    < b:01020304
    < 4bye` },
  { id: 'message.like-a-packet', says: `
    > 44␞41␞42probe␞45␞4b
    < 44
    < 41
    < 42probe
    < 45
    < 4b` },
  { id: 'pong.unasked', says: `
    > 3
    > 4x
    < 4x` },
  { id: 'pong.with-data', says: `
    > 3probe
    > 4x
    < 4x` },
  { id: 'noop', says: `
    > 6
    > 4x
    < 4x` },
  { id: 'noop.with-data', says: `
    > 6abc
    > 4x
    < 4x` },
  { id: 'upgrade.in-a-session', says: `
    > 5
    > 4x
    < 4x` },
  { id: 'open.from-a-client', says: `
    > 0{}
    > 4x
    < 4x` },
  { id: 'ping.from-a-client', says: `
    > 2
    ! closed` },
  { id: 'ping.probe-in-a-session', says: `
    > 2probe
    ! closed` },
  { id: 'unknown.letter', says: `
    > abc
    ! closed` },
  { id: 'unknown.7', says: `
    > 7
    ! closed` },
  { id: 'unknown.9', says: `
    > 9x
    ! closed` },
  { id: 'unknown.blank', says: `
    >  4x
    ! closed` },
  { id: 'unknown.separator-first', says: `
    > \u001e4x
    ! closed`, transports: ['polling'] },
  { id: 'answers-before-the-broken-one', says: `
    > 4first␞7␞4behind
    < 4first
    ! closed`, transports: ['websocket'] },
])

const payloads = [
  // [id, body, what the session then says]
  ['empty-last-packet', '4a\x1e', 'closed'], ['empty-packet-between', '4a\x1e\x1e4b', 'closed'], ['noop-and-nothing', '6\x1e', 'closed'],
  ['base64-of-nothing', 'b', 'b:'], ['base64-of-one-byte', 'bAA==', 'b:00'],
  ['base64-unpadded', 'bAQIDBA', 'closed', { because: 'base64-strict', reference: 'b:01020304' }],
  ['base64-url-letters', 'b-_8=', 'closed', { because: 'base64-strict', reference: 'b:fbff' }],
].map(([id, body, want, more]) => ({
  id: `payload.${id}`, on: echo, want, ...more,
  async run(t) {
    const session = await t.session('polling')
    await session.post(body)
    return session.next()
  },
}))

const polling = [
  { id: 'post.ok', want: [200, 'ok'], async run(t) {
    const { status, body } = await (await t.session('polling')).post('4x')
    return [status, body]
  } },
  { id: 'post.one-get-takes-all', want: '4a\x1ebAQI=\x1e4b', async run(t) {
    const session = await t.session('polling')
    await session.post('4a\x1ebAQI=\x1e4b')
    return (await session.get()).body
  } },
  { id: 'post.two-posts-one-get', want: '4a\x1e4b', async run(t) {
    const session = await t.session('polling')
    await session.post('4a')
    await session.post('4b')
    return (await session.get()).body
  } },
  { id: 'get.waits-for-a-message', want: [200, '4late'], async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    await sleep(50)
    await session.post('4late')
    const { status, body } = await get.reply
    return [status, body]
  } },
  { id: 'get.answered-once-for-a-post', want: '4a\x1e4b\x1e4c', async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    await sleep(20)
    await session.post('4a\x1e4b\x1e4c')
    return (await get.reply).body
  }, because: 'one-get-for-a-post', reference: '4a' },
  { id: 'get.second-ends-the-session', want: [[200, '1'], 400, 'closed'], async run(t) {
    const session = await t.session('polling')
    const first = await session.wait()
    await sleep(20)
    const second = await session.get(), one = await first.reply
    return [[one.status, one.body], second.status, await session.next()]
  } },
  { id: 'get.cut-ends-the-session', want: 'closed', async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    get.reply.catch(() => {})
    await sleep(50)
    get.tcp.cut()
    await sleep(50)
    return session.next()
  } },
  { id: 'post.cut-ends-the-session', want: 'closed', async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Content-Length': 10 } }), '4x')
    await sleep(50)
    tcp.cut()
    await sleep(50)
    return session.next()
  } },
  { id: 'post.second-ends-the-session', want: [400, 'closed'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Content-Length': 10 } }), '4x')
    await sleep(50)
    const { status } = await session.post('4y')
    return [status, await session.next()]
  } },
  { id: 'post.beside-a-get', want: ['ok', '4x'], async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    await sleep(20)
    const { body } = await session.post('4x')
    return [body, (await get.reply).body]
  } },
  { id: 'post.binary-type-is-refused', want: [400, 'closed'], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post('4x', { 'Content-Type': 'application/octet-stream' })
    return [status, await session.next()]
  } },
  ...['text/plain', 'application/json', 'text/plain;charset=UTF-8', 'x', 'application/octet-stream; x=y'].map((type, i) => ({
    id: `post.type-${i + 1}-is-text`, want: '4x', async run(t) {
      const session = await t.session('polling')
      await session.post('4x', { 'Content-Type': type })
      return session.next()
    } })),
  { id: 'post.closes', want: 'closed', async run(t) {
    const session = await t.session('polling')
    await session.post('1')
    return session.next()
  } },
  { id: 'post.closes-a-waiting-get', want: [200, '6'], async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    await sleep(20)
    await session.post('1')
    const { status, body } = await get.reply
    return [status, body]
  } },
  { id: 'post.closes-after-a-message', want: ['4x', 'closed'], async run(t) {
    const session = await t.session('polling')
    const get = await session.wait()
    await sleep(20)
    await session.post('4x\x1e1')
    return [(await get.reply).body, await session.next()]
  } },
  { id: 'post.broken', want: [400, 'closed'], because: 'broken-post', reference: [200, 'closed'], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post('abc')
    return [status, await session.next()]
  } },
  { id: 'post.empty', want: [400, 'closed'], because: 'broken-post', reference: [200, 'closed'], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post('')
    return [status, await session.next()]
  } },
  { id: 'post.in-small-pieces', want: '4hello 医', async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    for (const byte of requestBytes('POST', session.target, { body: '4hello 医' })) {
      tcp.write([byte])
      await sleep(0)
    }
    await tcp.reply()
    return session.next()
  } },
  { id: 'post.chunked', want: ['ok', '4hello'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Transfer-Encoding': 'chunked' } }), '2\r\n4h\r\n4;x=y\r\nello\r\n0\r\n\r\n')
    return [(await tcp.reply()).body, await session.next()]
  } },
  { id: 'post.expects-100', want: [100, 'ok', '4hello'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { Expect: '100-continue', 'Content-Length': 6 } }))
    const { status } = await tcp.replyHead()
    tcp.write('4hello')
    return [status, (await tcp.reply()).body, await session.next()]
  } },
  { id: 'post.invalid-utf8', want: 'closed', because: 'text-is-utf8', reference: '4\ufffd(', async run(t) {
    const session = await t.session('polling')
    await session.post(Buffer.from([0x34, 0xc3, 0x28]))
    return session.next()
  } },
].map((row) => ({ on: echo, ...row }))

const MAX = 1_000_000
const sizes = [
  { id: 'size.post-at-the-limit', want: [200, MAX], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post('4'.repeat(MAX))
    return [status, (await session.next()).length]
  } },
  { id: 'size.post-past-the-limit', want: [413, '4alive'], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post('4'.repeat(MAX + 1))
    await session.send('4alive')
    return [status, await session.next()]
  } },
  { id: 'size.bytes-not-characters', want: [413, '4alive'], async run(t) {
    const session = await t.session('polling')
    const { status } = await session.post(`4${'é'.repeat(MAX / 2)}`)
    await session.send('4alive')
    return [status, await session.next()]
  } },
  { id: 'size.chunked-past-the-limit', want: [413, '4alive'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Transfer-Encoding': 'chunked' } }), `f4241\r\n${'4'.repeat(MAX + 1)}\r\n`)
    const { status } = await tcp.reply()                       // before the last chunk has come
    tcp.cut()
    await session.send('4alive')
    return [status, await session.next()]
  } },
  { id: 'size.a-get-waits-through-a-413', want: [413, '4alive'], async run(t) {
    const session = await t.session('polling'), get = await session.wait()
    await sleep(20)
    const { status } = await session.post('4'.repeat(MAX + 1))
    await session.send('4alive')
    return [status, (await get.reply).body]
  } },
  { id: 'size.websocket-at-the-limit', want: MAX, async run(t) {
    const session = await t.session('websocket')
    await session.send('4'.repeat(MAX))
    return (await session.next()).length
  } },
  { id: 'size.websocket-past-the-limit', want: 'close 1009', async run(t) {
    const { ws } = await t.session('websocket')
    ws.send(frame(TEXT, '4'.repeat(MAX + 1)))
    return ws.next()
  } },
  { id: 'size.more-than-one-payload', want: [3, true], because: 'payload-within-limit', reference: [3, false], async run(t) {
    const session = await t.session('polling'), part = '4'.repeat(400_000)
    for (let i = 0; i < 3; i++) await session.post(part)
    const bodies = []
    while (bodies.join('').split('\x1e').join('').length < 3 * part.length) bodies.push((await session.get()).body)
    return [bodies.join('\x1e').split('\x1e').length, bodies.every((body) => body.length <= 1_000_000)]
  } },
].map((row) => ({ on: echo, ...row }))

const websocket = [
  { id: 'websocket.close-packet', want: 'close', because: 'websocket-close-packet', reference: 'text 4alive', async run(t) {
    const { ws } = await t.session('websocket')
    ws.send(frame(TEXT, '1'), frame(TEXT, '4alive'))
    return ws.next()
  } },
  { id: 'websocket.close-has-no-code', want: 'close', async run(t) {
    const { ws } = await t.session('websocket')
    ws.text('abc')
    return ws.next()
  } },
  { id: 'websocket.base64-packet', want: 'binary 01020304', async run(t) {
    const { ws } = await t.session('websocket')
    ws.text('bAQIDBA==')
    return ws.next()
  } },
  { id: 'websocket.empty-text', want: 'close', async run(t) {
    const { ws } = await t.session('websocket')
    ws.text('')
    return ws.next()
  } },
  { id: 'websocket.one-packet-a-message', want: 'text 4a\x1e4b', async run(t) {
    const { ws } = await t.session('websocket')
    ws.text('4a\x1e4b')
    return ws.next()
  } },
  { id: 'websocket.fragmented-packet', want: ['text 4hello', 'binary 0102'], async run(t) {
    const { ws } = await t.session('websocket')
    ws.send(frame(TEXT, '4he', { fin: false }), frame(0, 'llo'), frame(BINARY, [1], { fin: false }), frame(0, [2]))
    return [await ws.next(), await ws.next()]
  } },
  { id: 'websocket.second-on-its-own-session', want: 400, because: 'second-websocket', reference: 101, async run(t) {
    const { open } = await t.session('websocket')
    return (await t.ws(`/engine.io/?EIO=4&transport=websocket&sid=${open.sid}`)).reply.status
  } },
  { id: 'websocket.polling-on-its-session', want: [400, '{"code":3,"message":"Bad request"}'], async run(t) {
    const { open } = await t.session('websocket')
    const { status, body } = await t.http('GET', `/engine.io/?EIO=4&transport=polling&sid=${open.sid}`)
    return [status, body]
  } },
  { id: 'websocket.order-over-many', want: true, async run(t) {
    const session = await t.session('websocket')
    await session.send(...Array.from({ length: 500 }, (_, i) => `4${i}`))
    for (let i = 0; i < 500; i++) if (await session.next() !== `4${i}`) return false
    return true
  } },
].map((row) => ({ on: echo, ...row }))

export default [...both, ...payloads, ...polling, ...sizes, ...websocket]
