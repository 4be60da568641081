// msgpack.mjs - Socket.IO packets as socket.io-msgpack-parser writes them: one binary message each, on both transports.
import { createRequire } from 'node:module'
import parser from 'socket.io-msgpack-parser'
import { conformance, next, until } from '../case.mjs'

const { encode, decode } = createRequire(createRequire(import.meta.url).resolve('socket.io-msgpack-parser'))('notepack.io')
const on = [...conformance, '--parser', 'msgpack']
const bytes = (packet) => `b:${(Buffer.isBuffer(packet) ? packet : Buffer.from(encode(packet))).toString('hex')}`
const h = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

async function hear(session) {
  const got = await session.next()
  if (!got.startsWith('b:')) return got
  const packet = decode(Buffer.from(got.slice(2), 'hex'))
  if (packet.data?.sid) packet.data = { sid: '*' }             // the reference adds a pid that is undefined
  return packet
}

const JOIN = { type: 0, nsp: '/' }, FENCE = { type: 0, nsp: '/refused' }
const event = (...data) => ({ type: 2, nsp: '/', data })
const heard = (...data) => ({ type: 2, nsp: '/', data })

// What comes after the client has joined and sent these, until a question that is always answered.
async function after(t, transport, packets, joining = JOIN) {
  const session = await t.session(transport), got = []
  if (joining) {
    await session.send(bytes(joining))
    for (let i = 0; i < 2; i++) await hear(session)
  }
  for (const packet of packets) await session.send(typeof packet === 'string' ? packet : bytes(packet))
  await session.send(bytes(FENCE))
  for (;;) {
    const packet = await hear(session)
    if (packet.nsp === '/refused') return got
    got.push(packet)
    if (packet === 'closed') return got
  }
}

// ["message", x] with x as these bytes
const message = (hex) => h(`83 a4 74797065 02 a3 6e7370 a1 2f a4 64617461 92 a7 6d657373616765 ${hex}`)
const CLOSED = ['closed'], STRICT = 'msgpack-strict'
const rows = [
  ['connect', [JOIN], [{ type: 0, nsp: '/', data: { sid: '*' } }, heard('auth', {})], null],
  ['connect-with-payload', [{ ...JOIN, data: { token: 'x' } }], [{ type: 0, nsp: '/', data: { sid: '*' } }, heard('auth', { token: 'x' })], null],
  ['connect-custom', [{ type: 0, nsp: '/custom' }], [{ type: 0, nsp: '/custom', data: { sid: '*' } }, { type: 2, nsp: '/custom', data: ['auth', {}] }]],
  ['connect-unknown', [{ type: 0, nsp: '/none' }], [{ type: 4, nsp: '/none', data: { message: 'Invalid namespace' } }]],
  ['connect-twice', [JOIN], CLOSED],
  ['connect-array', [{ ...JOIN, data: [] }], CLOSED, null],
  ['connect-string', [{ ...JOIN, data: 'x' }], CLOSED, null],
  ['event', [event('message', 1, '2', { 3: [true, null] })], [heard('message-back', 1, '2', { 3: [true, null] })]],
  ['event-of-nothing', [event('message')], [heard('message-back')]],
  ['event-unicode', [event('message', 'é医🙂\0')], [heard('message-back', 'é医🙂\0')]],
  ['event-numbers', [event('message', 0, -1, 127, 128, -33, 65536, 2 ** 32, -(2 ** 31), 0.1, 5e-324)],
    [heard('message-back', 0, -1, 127, 128, -33, 65536, 2 ** 32, -(2 ** 31), 0.1, 5e-324)]],
  ['event-binary', [event('message', Buffer.from([1, 2]), { deep: [Buffer.from([3])] })], [heard('message-back', Buffer.from([1, 2]), { deep: [Buffer.from([3])] })]],
  ['event-of-an-empty-buffer', [event('message', Buffer.alloc(0))], [heard('message-back', Buffer.alloc(0))]],
  ['event-long', [event('message', 'x'.repeat(70_000), Array(20_000).fill(1))], [heard('message-back', 'x'.repeat(70_000), Array(20_000).fill(1))]],
  ['placeholder-is-data', [event('message', { _placeholder: true, num: 0 })], [heard('message-back', { _placeholder: true, num: 0 })]],
  ['unknown-event', [event('nobody', 1)], []],
  ['ack', [{ ...event('message-with-ack', 1, Buffer.from([2])), id: 7 }], [{ type: 3, nsp: '/', data: [1, Buffer.from([2])], id: 7 }]],
  ['ack-zero', [{ ...event('message-with-ack'), id: 0 }], [{ type: 3, nsp: '/', data: [], id: 0 }]],
  ['ack-largest', [{ ...event('message-with-ack'), id: 2 ** 53 - 1 }], [{ type: 3, nsp: '/', data: [], id: 2 ** 53 - 1 }]],
  ['ack-unknown', [{ type: 3, nsp: '/', data: [1], id: 999 }], []],
  ['disconnect', [{ type: 1, nsp: '/' }], []],
  ['disconnect-by-the-server', [event('disconnect-me')], [{ type: 1, nsp: '/' }]],
  ['type-5', [{ ...event('message'), type: 5 }], CLOSED],
  ['type-negative', [{ ...event('message'), type: -1 }], CLOSED],
  ['type-fraction', [{ ...event('message'), type: 2.5 }], CLOSED],
  ['type-text', [{ ...event('message'), type: '2' }], CLOSED],
  ['no-type', [{ nsp: '/', data: ['message'] }], CLOSED],
  ['no-namespace', [{ type: 2, data: ['message'] }], CLOSED],
  ['namespace-of-a-number', [{ ...event('message'), nsp: 5 }], CLOSED],
  ['no-data', [{ type: 2, nsp: '/' }], CLOSED],
  ['data-is-no-array', [{ type: 2, nsp: '/', data: { 0: 'message' } }], CLOSED],
  ['ack-data-is-no-array', [{ type: 3, nsp: '/', data: {}, id: 0 }], CLOSED],
  ['id-fraction', [{ ...event('message'), id: 1.5 }], CLOSED],
  ['id-text', [{ ...event('message'), id: '1' }], CLOSED],
  ['disconnect-with-data', [{ type: 1, nsp: '/', data: [] }], CLOSED],
  ['namespace-not-joined', [{ ...event('message'), nsp: '/custom' }], CLOSED],
  ['error-from-a-client', [{ type: 4, nsp: '/', data: { message: 'x' } }], CLOSED],
  ['not-a-map', [h('93 02 a1 2f 90')], CLOSED],
  ['nil', [h('c0')], CLOSED],
  ['cut', [h('83 a4 74 79 70 65 02 a3 6e 73')], CLOSED],
  ['reserved-byte', [h('c1')], CLOSED],
  ['no-bytes', [Buffer.alloc(0)], CLOSED],
  ['a-length-that-lies', [h('83 a4 74 79 70 65 02 a3 6e 73 70 a1 2f a4 64 61 74 61 dd ff ff ff ff')], CLOSED],
  ['text-message', ['42["message",1]'], CLOSED],
  ['bytes-behind', [Buffer.concat([Buffer.from(encode(event('message'))), h('c0')])], CLOSED],
  ['keys-in-another-order', [{ data: ['message', 1], nsp: '/', type: 2 }], [heard('message-back', 1)]],
  ['more-keys', [{ ...event('message', 1), options: { compress: true }, x: [1] }], [heard('message-back', 1)]],
  ['event-first', [event('message')], CLOSED, null],
  ['reserved-name', [event('disconnect')], CLOSED, JOIN, { because: STRICT, reference: [] }],
  ['name-of-an-object', [event({ toString: 1 })], CLOSED, JOIN, { sides: ['ours'] }],     // the reference dies of it
  ['no-name', [event()], CLOSED, JOIN, { because: STRICT, reference: [] }],
  ['key-of-a-number', [message('81 01 02')], CLOSED, JOIN, { because: STRICT, reference: [heard('message-back', { 1: 2 })] }],
  ['broken-utf8', [message('a1 ff')], CLOSED, JOIN, { because: STRICT, reference: [heard('message-back', '\ufffd')] }],
  ['extension', [message('d4 05 aa')], CLOSED, JOIN, { because: STRICT, reference: [heard('message-back', [5, Buffer.from([0xaa])])] }],
  ['date', [event('message', new Date(1000))], [heard('message-back', '1970-01-01T00:00:01.000Z')], JOIN,
    { because: 'msgpack-as-json', reference: [heard('message-back', new Date(1000))] }],
  ['undefined', [event('message', undefined)], [heard('message-back', null)], JOIN,
    { because: 'msgpack-as-json', reference: [heard('message-back', undefined)] }],
  ['not-a-number', [event('message', NaN, Infinity)], [heard('message-back', null, null)], JOIN,
    { because: 'msgpack-as-json', reference: [heard('message-back', NaN, Infinity)] }],
]

const dialogues = ['websocket', 'polling'].flatMap((transport) => rows.map(([id, packets, want, joining, differs]) => ({
  id: `msgpack.${id}.${transport}`, want, ...differs, run: (t) => after(t, transport, packets, joining === undefined ? JOIN : joining),
})))

const exact = { id: 'msgpack.integer-past-2-53', want: 'cf0020000000000001', because: 'msgpack-integers', reference: 'cf0020000000000000',
  async run(t) {
    const session = await t.session('websocket')
    await session.send(bytes(JOIN))
    for (let i = 0; i < 2; i++) await hear(session)
    await session.send(bytes(message('cf 0020000000000001')))
    return /cf00[0-9a-f]{14}/.exec(await session.next())[0]
  } }

const ask = (socket, ...args) => socket.timeout(15_000).emitWithAck(...args)
const clients = Object.entries({ websocket: ['websocket'], polling: ['polling'], upgrade: ['polling', 'websocket'] }).flatMap(([mode, transports]) => [
  ['asks-and-is-asked', async (a) => {
    a.once('server-ack', (n, answer) => answer(n, Buffer.from([9])))
    const result = next(a, 'server-ack-result'), answer = await ask(a, 'message-with-ack', { x: [1, Buffer.from([2])] })
    a.emit('emit-with-ack', 5)
    const [n, file] = await result
    return [answer.x[0], [...answer.x[1]], n, [...file]]
  }, [1, [2], 5, [9]]],
  ['hundreds-in-order', async (a) => {
    const got = []
    a.on('message-back', (n) => got.push(n))
    for (let i = 0; i < 300; i++) a.emit('message', i)
    await until(() => got.length === 300, 'all')
    return got.every((n, i) => n === i)
  }, true],
  ['rooms', async (a, open) => {
    const b = open(), room = `msgpack-${mode}`
    await ask(b, 'join', room)
    const said = next(b, 'said')
    a.emit('to-room', room, 'said', { n: 1 }, Buffer.from([1]))
    const [object, file] = await said
    return [object, [...file]]
  }, [{ n: 1 }, [1]]],
  ['refused', async (a, open) => { const [error] = await next(open('/refused'), 'connect_error'); return [error.message, error.data] }, ['refused', { code: 403 }]],
  ['shown-out', async (a) => { const left = next(a, 'disconnect'); a.emit('disconnect-me', true); return (await left)[0] }, 'io server disconnect'],
].map(([id, run, want]) => ({
  id: `msgpack.client.${id}.${mode}`, want,
  async run(t) {
    const open = (path = '') => t.io(path, { transports, parser }), a = open()
    await next(a, 'connect')
    return run(a, open)
  },
})))

export default [...dialogues, exact, ...clients].map((row) => ({ on, ...row }))
