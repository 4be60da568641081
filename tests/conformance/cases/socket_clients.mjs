// socket_clients.mjs - the official client, as an application uses it, over each way it can connect.
import { conformance, next, sleep, until } from '../case.mjs'

const MODES = { websocket: ['websocket'], polling: ['polling'], upgrade: ['polling', 'websocket'] }
const ask = (socket, ...args) => socket.timeout(15_000).emitWithAck(...args)

// [id, what a connected client sees and does, what comes of it]
const rows = [
  ['connects', async (t, a) => [a.connected, typeof a.id, a.id !== a.io.engine.id], [true, 'string', true]],
  ['says-who-it-is', async (t, a, open) => (await next(open('', { auth: { token: 'x' } }), 'auth'))[0], { token: 'x' }],
  ['says-who-it-is-later', async (t, a, open) => (await next(open('', { auth: (done) => setTimeout(done, 20, { late: true }) }), 'auth'))[0], { late: true }],
  ['is-heard', async (t, a) => { const back = next(a, 'message-back'); a.emit('message', 1, '2', { 3: [null, true] }); return back }, [1, '2', { 3: [null, true] }]],
  ['no-arguments', async (t, a) => { const back = next(a, 'message-back'); a.emit('message'); return back }, []],
  ['what-json-cannot-say', async (t, a) => ask(a, 'message-with-ack', [undefined, NaN, new Date(0), { u: undefined }]), [null, null, '1970-01-01T00:00:00.000Z', {}]],
  ['unicode', async (t, a) => ask(a, 'message-with-ack', 'é 医 🙂 \u2028 \0 \ud800'), 'é 医 🙂 \u2028 \0 \ud800'],
  ['keys-of-any-kind', async (t, a) => Object.keys(await ask(a, 'message-with-ack', { b: 1, '': 2, 医: 3, 'a\0': 4 })), ['b', '', '医', 'a\0']],
  ['numbers', async (t, a) => ask(a, 'message-with-ack', [0.1, 2 ** 53 - 1, -1e-7, 1e21, 5e-324]), [0.1, 2 ** 53 - 1, -1e-7, 1e21, 5e-324]],
  ['deep', async (t, a) => {
    let deep = 'end'
    for (let i = 0; i < 200; i++) deep = { deep }
    deep = await ask(a, 'message-with-ack', deep)
    for (let i = 0; i < 200; i++) ({ deep } = deep)
    return deep
  }, 'end'],
  ['long', async (t, a) => (await ask(a, 'message-with-ack', 'x'.repeat(900_000))).length, 900_000],
  ['answered', async (t, a) => new Promise((done) => a.emit('message-with-ack', 1, 2, (...args) => done(args))), [1, 2]],
  ['answered-with-nothing', async (t, a) => new Promise((done) => a.emit('message-with-ack', (...args) => done(args))), []],
  ['nobody-answers', async (t, a) => a.timeout(100).emitWithAck('nobody').then(() => 'answered', (error) => error.message), 'operation has timed out'],
  ['binary', async (t, a) => { const back = next(a, 'message-back'); a.emit('message', Buffer.from([1, 2])); return [...Buffer.from((await back)[0])] }, [1, 2]],
  ['binary-of-every-kind', async (t, a) => {
    const sent = { array: new Uint8Array([1]), buffer: new Uint8Array([2]).buffer, view: new Float64Array([0]), deep: [[Buffer.from([3])]] }
    const got = await ask(a, 'message-with-ack', sent)
    return [got.array, got.buffer, got.view, got.deep[0][0]].map((bytes) => Buffer.from(bytes).toString('hex'))
  }, ['01', '02', '0000000000000000', '03']],
  ['binary-in-answers', async (t, a) => {
    a.once('server-ack', (done) => done(Buffer.from([5])))
    const result = next(a, 'server-ack-result')
    a.emit('emit-with-ack')
    return [...Buffer.from((await result)[0])]
  }, [5]],
  ['binary-and-text-in-order', async (t, a) => {
    const heard = []
    a.on('message-back', (n) => heard.push(Number(n)))
    for (let i = 0; i < 60; i++) a.emit('message', i % 3 ? i : Buffer.from(`${i}`))
    await until(() => heard.length === 60, 'all')
    return heard.every((n, i) => n === i)
  }, true],
  ['large-binary', async (t, a) => Buffer.from(await ask(a, 'message-with-ack', Buffer.alloc(300_000, 7))).equals(Buffer.alloc(300_000, 7)), true],
  ['asked', async (t, a) => {
    a.once('server-ack', (x, done) => done(x, 'yes'))
    const result = next(a, 'server-ack-result')
    a.emit('emit-with-ack', 5)
    return result
  }, [5, 'yes']],
  ['hundreds-in-order', async (t, a) => {
    const heard = []
    a.on('message-back', (n) => heard.push(n))
    for (let i = 0; i < 500; i++) a.emit('message', i)
    await until(() => heard.length === 500, 'all')
    return heard.every((n, i) => n === i)
  }, true],
  ['volatile', async (t, a) => { await sleep(50); const back = next(a, 'message-back'); a.volatile.emit('message', 'v'); return back }, ['v']],
  ['kept-until-connected', async (t, a, open) => { const b = open(); const back = next(b, 'message-back'); b.emit('message', 'early'); return back }, ['early']],

  ['rooms', async (t, a, open) => {
    const b = open(), c = open(), room = `ward-${t.id}`
    await ask(b, 'join', room)
    const heard = next(b, 'said')
    c.once('said', (word) => { throw new Error(`${word} was not for this one`) })
    a.once('said', (word) => { throw new Error(`${word} came back`) })
    a.emit('to-room', room, 'said', 'good', 'morning')
    const first = await heard
    await ask(b, 'leave', room)
    let late = 0
    b.on('said', () => late++)
    a.emit('to-room', room, 'said', 'unheard')
    await ask(a, 'message-with-ack')
    await ask(b, 'message-with-ack')
    await ask(c, 'message-with-ack')
    return [first, late]
  }, [['good', 'morning'], 0]],
  ['rooms-carry-binary', async (t, a, open) => {
    const b = open(), room = `files-${t.id}`
    await ask(b, 'join', room)
    const heard = next(b, 'said')
    a.emit('to-room', room, 'said', 'x', Buffer.from([1, 2, 3]))
    const [word, bytes] = await heard
    return [word, [...Buffer.from(bytes)]]
  }, ['x', [1, 2, 3]]],
  ['rooms-are-of-a-namespace', async (t, a, open) => {
    const custom = open('/custom'), b = open(), room = `both-${t.id}`
    await Promise.all([ask(custom, 'join', room), ask(b, 'join', room)])
    let wrong = 0
    custom.on('said', () => wrong++)
    const heard = next(b, 'said')
    a.emit('to-room', room, 'said', 1)
    await heard
    await ask(custom, 'message-with-ack')
    return wrong
  }, 0],
  ['to-all-others', async (t, a, open) => {
    const b = open(), c = open(), event = `news-${t.id}`
    await Promise.all([ask(b, 'message-with-ack'), ask(c, 'message-with-ack')])
    let own = 0
    a.on(event, () => own++)
    const heard = [next(b, event), next(c, event)]
    a.emit('broadcast', event, { n: 1 })
    const got = await Promise.all(heard)
    await ask(a, 'message-with-ack')
    return [...got, own]
  }, [[{ n: 1 }], [{ n: 1 }], 0]],

  ['namespaces-share-a-connection', async (t, a) => {
    const custom = a.io.socket('/custom')
    await next(custom, 'connect')
    return [custom.id !== a.id, await ask(custom, 'message-with-ack', 1), await ask(a, 'message-with-ack', 2)]
  }, [true, 1, 2]],
  ['leaves-a-namespace', async (t, a) => {
    const custom = a.io.socket('/custom')
    await next(custom, 'connect')
    custom.disconnect()
    const still = await ask(a, 'message-with-ack', 'still here'), again = next(custom, 'connect')
    custom.connect()
    await again
    return [still, await ask(custom, 'message-with-ack', 'back')]
  }, ['still here', 'back']],
  ['refused', async (t, a, open) => { const [error] = await next(open('/refused'), 'connect_error'); return [error.message, error.data] }, ['refused', { code: 403 }]],
  ['unknown-namespace', async (t, a, open) => { const [error] = await next(open('/none'), 'connect_error'); return [error.message, error.data] }, ['Invalid namespace', undefined]],
  ['denied', async (t, a, open) => { const [error] = await next(open('', { query: { deny: 1 } }), 'connect_error'); return error.type }, 'TransportError'],
  ['shown-out', async (t, a) => { const left = next(a, 'disconnect'); a.emit('disconnect-me'); return (await left)[0] }, 'io server disconnect'],
  ['shown-out-and-closed', async (t, a) => {
    const custom = a.io.socket('/custom')
    await next(custom, 'connect')
    const left = [next(a, 'disconnect'), next(custom, 'disconnect')], closed = next(a.io.engine, 'close')
    a.emit('disconnect-me', true)
    const reasons = (await Promise.all(left)).map(([reason]) => reason)
    await closed
    return reasons
  }, ['io server disconnect', 'io server disconnect']],
  ['comes-back', async (t, a) => {
    const id = a.id
    a.disconnect()
    const again = next(a, 'connect')
    a.connect()
    await again
    return [a.id !== id, await ask(a, 'message-with-ack', 1)]
  }, [true, 1]],
  ['is-cut-and-reconnects', async (t, a, open) => {
    const b = open('', { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 50 })
    await next(b, 'connect')
    const id = b.id, again = next(b, 'connect')
    b.io.engine.close()
    b.emit('message-with-ack', 'kept', () => {})
    await again
    return [b.id !== id, await ask(b, 'message-with-ack', 2)]
  }, [true, 2]],
]

const all = Object.entries(MODES).flatMap(([mode, transports]) => rows.map(([id, run, want]) => ({
  id: `client.${id}.${mode}`, on: conformance, want,
  async run(t) {
    const open = (path = '', options = {}) => t.io(path, { transports, ...options })
    t.id = `${id}-${mode}`
    const a = open()
    await next(a, 'connect')
    return run(t, a, open)
  },
})))

const once = [
  ['upgrades', async (t) => {
    const socket = t.io()
    await next(socket.io, 'open')
    const before = socket.io.engine.transport.name
    await until(() => socket.io.engine.transport.name === 'websocket', 'the upgrade')
    return [before, await ask(socket, 'message-with-ack', 1)]
  }, ['polling', 1]],
  ['upgrades-amid-questions', async (t) => {
    const socket = t.io(), got = []
    await next(socket, 'connect')
    for (let i = 0; i < 200; i++) {
      got.push(ask(socket, 'message-with-ack', i, Buffer.from([i])))
      if (i % 4 === 0) await sleep(1)
    }
    return (await Promise.all(got)).every((n, i) => n === i)
  }, true],
  ['stays-polling', async (t) => {
    const socket = t.io('', { upgrade: false })
    await next(socket, 'connect')
    await ask(socket, 'message-with-ack')
    return socket.io.engine.transport.name
  }, 'polling'],
  ['tries-all-transports', async (t) => {
    const socket = t.io('', { transports: ['websocket', 'polling'], tryAllTransports: true })
    await next(socket, 'connect')
    return socket.io.engine.transport.name
  }, 'websocket'],
  ['thirty-at-once', async (t) => {
    const sockets = Array.from({ length: 30 }, () => t.io())
    return (await Promise.all(sockets.map((socket, i) => ask(socket, 'message-with-ack', i)))).every((n, i) => n === i)
  }, true],
  ['no-deflate', async (t) => ask(t.io('', { transports: ['websocket'], perMessageDeflate: false }), 'message-with-ack', 'x'.repeat(5000)).then((s) => s.length), 5000],
  ['deflate-and-plain-in-one-room', async (t) => {
    const [a, b, c] = [{}, { perMessageDeflate: {} }, { perMessageDeflate: false }].map((o) => t.io('', { transports: ['websocket'], ...o }))
    await Promise.all([a, b, c].map((socket) => ask(socket, 'join', 'deflated-and-plain')))
    const heard = [b, c].map((socket) => next(socket, 'said'))
    a.emit('to-room', 'deflated-and-plain', 'said', 'x'.repeat(20_000), Buffer.alloc(20_000))
    return (await Promise.all(heard)).map(([words, bytes]) => words.length + bytes.length)
  }, [40_000, 40_000]],
].map(([id, run, want]) => ({ id: `client.${id}`, on: conformance, want, run }))

export default [...all, ...once]
