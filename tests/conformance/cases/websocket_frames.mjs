// websocket_frames.mjs - RFC 6455 frame by frame, on the plain echo: framing, control frames, reserved bits, opcodes,
// fragmentation, closing, limits.
import { randomBytes } from 'node:crypto'
import { echo, sleep } from '../case.mjs'
import { BINARY, CLOSE, PING, PONG, TEXT, brief, closeFrame, frame } from '../wire.mjs'

const BYE = closeFrame(1000), OK = 'close 1000'
const text = (words, options) => frame(TEXT, words, options)
const binary = (bytes, options) => frame(BINARY, bytes, options)
const more = (bytes, options) => frame(0, bytes, options)
const ping = (bytes, options) => frame(PING, bytes, options)
const pong = (bytes, options) => frame(PONG, bytes, options)
const first = { fin: false }, PROTOCOL = ['close 1002'], INVALID = ['close 1007'], TOO_BIG = ['close 1009']
const said = (type, payload) => `${type} ${type === 'binary' && payload.length <= 200 ? payload.toString('hex') : brief(Buffer.from(payload))}`.trim()

// Everything that comes back until the connection has closed; `piece` is how many bytes go at a time.
export async function exchange(t, frames, { piece, options } = {}) {
  const ws = await t.ws('/', options), got = []
  const bytes = Buffer.concat(frames)
  for (let at = 0; at < bytes.length; at += piece ?? bytes.length) {
    ws.send(bytes.subarray(at, at + (piece ?? bytes.length)))
    if (piece) await sleep(0)
  }
  for (let words; (words = await ws.next()) !== 'end';) {
    got.push(words)
    if (words.startsWith('close')) break
  }
  ws.tcp.end()
  await ws.tcp.untilEnd()
  return got
}

const table = (group, rows) => rows.map(([id, frames, want, { piece, ...more } = {}]) => ({
  id: `ws.${group}.${id}`, on: echo, want, ...more, run: (t) => exchange(t, frames, { piece }),
}))

const MINIMAL = { because: 'minimal-length', reference: ['text hello', OK] }
const SIZES = [0, 1, 125, 126, 127, 128, 65535, 65536]
const framing = table('framing', [
  ...SIZES.map((size) => [`text-${size}`, [text('*'.repeat(size)), BYE], [said('text', '*'.repeat(size)), OK]]),
  ...SIZES.map((size) => [`binary-${size}`, [binary(Buffer.alloc(size, 0xfe)), BYE], [said('binary', Buffer.alloc(size, 0xfe)), OK]]),
  ['text-in-pieces', [text('*'.repeat(65536)), BYE], [said('text', '*'.repeat(65536)), OK], { piece: 997 }],
  ['binary-in-pieces', [binary(Buffer.alloc(65536, 1)), BYE], [said('binary', Buffer.alloc(65536, 1)), OK], { piece: 997 }],
  ['byte-by-byte', [text('hello 医'), binary(Buffer.alloc(130, 7)), ping('p'), BYE],
    ['text hello 医', said('binary', Buffer.alloc(130, 7)), 'pong p', OK], { piece: 1 }],
  ['several-in-one-segment', [text('a'), binary([1]), text('b'), BYE], ['text a', 'binary 01', 'text b', OK]],
  ['mask-of-zeros', [text('hello', { mask: Buffer.alloc(4) }), BYE], ['text hello', OK]],
  ['mask-of-ones', [text('hello', { mask: Buffer.alloc(4, 0xff) }), BYE], ['text hello', OK]],
  ['mask-of-every-frame', [text('hel', { ...first, mask: Buffer.from('abcd') }), more('lo', { mask: Buffer.from('wxyz') }), BYE], ['text hello', OK]],
  ['unmasked', [text('hello', { mask: null })], PROTOCOL],
  ['unmasked-ping', [ping('', { mask: null })], PROTOCOL],
  ['unmasked-close', [frame(CLOSE, '', { mask: null })], PROTOCOL],
  ['length-16-for-a-short-one', [text('hello', { wide: 16 }), BYE], PROTOCOL, MINIMAL],
  ['length-64-for-a-short-one', [text('hello', { wide: 64 }), BYE], PROTOCOL, MINIMAL],
])

const pings = table('ping', [
  ['empty', [ping(), BYE], ['pong', OK]],
  ['text', [ping('Hello, world!'), BYE], ['pong Hello, world!', OK]],
  ['binary', [ping([0, 255, 254, 253, 251, 0, 255]), BYE], [`pong ${Buffer.from([0, 255, 254, 253, 251, 0, 255])}`, OK]],
  ['of-125', [ping('+'.repeat(125)), BYE], [`pong ${'+'.repeat(125)}`, OK]],
  ['of-126', [ping('+'.repeat(126))], PROTOCOL],
  ['byte-by-byte', [ping('+'.repeat(125)), BYE], [`pong ${'+'.repeat(125)}`, OK], { piece: 1 }],
  ['pong-unasked', [pong(), BYE], [OK]],
  ['pong-with-payload', [pong('unasked'), BYE], [OK]],
  ['pong-of-126', [pong('+'.repeat(126))], PROTOCOL],
  ['pong-then-ping', [pong('unasked'), ping('now'), BYE], ['pong now', OK]],
  ['ten', [...Array.from({ length: 10 }, (_, i) => ping(`${i}`)), BYE], [...Array.from({ length: 10 }, (_, i) => `pong ${i}`), OK]],
  ['ten-byte-by-byte', [...Array.from({ length: 10 }, (_, i) => ping(`${i}`)), BYE], [...Array.from({ length: 10 }, (_, i) => `pong ${i}`), OK], { piece: 1 }],
])

const reserved = table('rsv', [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => [`text-${rsv}`, [text('hello', { rsv })], PROTOCOL]),
  ['binary', [binary([1], { rsv: 2 })], PROTOCOL], ['empty', [text('', { rsv: 1 })], PROTOCOL],
  ['continuation', [text('a', first), more('b', { rsv: 4 })], PROTOCOL],
  ['ping', [ping('x', { rsv: 4 })], PROTOCOL], ['pong', [pong('x', { rsv: 1 })], PROTOCOL],
  ['close', [frame(CLOSE, '', { rsv: 4 })], PROTOCOL],
  ['behind-a-message', [text('hello'), text('hello', { rsv: 1 }), ping()], ['text hello', ...PROTOCOL]],
  ['byte-by-byte', [text('hello'), text('hello', { rsv: 1 })], ['text hello', ...PROTOCOL], { piece: 1 }],
])

const opcodes = table('opcode', [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`${opcode}`, [frame(opcode)], PROTOCOL]),
  ['3-with-payload', [frame(3, 'reserved')], PROTOCOL], ['11-with-payload', [frame(11, 'reserved')], PROTOCOL],
  ['behind-a-message', [text('hello'), frame(5), ping()], ['text hello', ...PROTOCOL]],
  ['control-behind-a-message', [text('hello'), frame(12, 'x'), ping()], ['text hello', ...PROTOCOL]],
  ['inside-a-message', [text('a', first), frame(3, 'b')], PROTOCOL],
])

const letters = [...'fragmented']
const fragments = table('fragment', [
  ['text', [text('frag', first), more('ment'), BYE], ['text fragment', OK]],
  ['binary', [binary([1, 2], first), more([3]), BYE], ['binary 010203', OK]],
  ['ping-fragmented', [ping('frag', first), ping('ment')], PROTOCOL],
  ['pong-fragmented', [pong('frag', first), pong('ment')], PROTOCOL],
  ['close-fragmented', [frame(CLOSE, '', first)], PROTOCOL],
  ['ping-between', [text('frag', first), ping('now'), more('ment'), BYE], ['pong now', 'text fragment', OK]],
  ['pong-between', [text('frag', first), pong('now'), more('ment'), BYE], ['text fragment', OK]],
  ['ping-between-in-pieces', [text('frag', first), ping('now'), more('ment'), BYE], ['pong now', 'text fragment', OK], { piece: 1 }],
  ['each-letter', [text(letters[0], first), ...letters.slice(1, -1).map((c) => more(c, first)), more(letters.at(-1)), BYE], ['text fragmented', OK]],
  ['pings-between-letters', [text('a', first), ping('1'), more('b', first), ping('2'), more('c'), BYE], ['pong 1', 'pong 2', 'text abc', OK]],
  ['empty-first', [text('', first), more('x'), BYE], ['text x', OK]],
  ['empty-last', [text('x', first), more(''), BYE], ['text x', OK]],
  ['empty-all', [text('', first), more('', first), more(''), BYE], ['text', OK]],
  ['continuation-of-nothing', [more('x'), text('y')], PROTOCOL],
  ['continuation-of-nothing-unfinished', [more('x', first)], PROTOCOL],
  ['continuation-behind-a-message', [text('a'), more('x')], ['text a', ...PROTOCOL]],
  ['message-in-a-message', [text('a', first), text('b')], PROTOCOL],
  ['binary-in-a-text', [text('a', first), binary([1])], PROTOCOL],
  ['message-behind-the-last', [text('a', first), more('b'), text('c'), BYE], ['text ab', 'text c', OK]],
  ['close-between', [text('a', first), BYE], [OK]],
  ['many', [binary([0], first), ...Array.from({ length: 5000 }, () => more([0], first)), more([0]), BYE], [said('binary', Buffer.alloc(5002)), OK]],
  ['many-empty', [text('a', first), ...Array.from({ length: 2000 }, () => more('', first)), more('b'), BYE], ['text ab', OK]],
])

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const WRONG = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
const closing = table('close', [
  ['empty', [frame(CLOSE)], ['close']],
  ['one-byte', [frame(CLOSE, [3])], PROTOCOL],
  ['reason', [closeFrame(1000, 'good bye 医')], [OK], { because: 'close-reason', reference: ['close 1000 good bye 医'] }],
  ['reason-of-123', [closeFrame(1000, '*'.repeat(123))], [OK], { because: 'close-reason', reference: [`close 1000 ${'*'.repeat(123)}`] }],
  ['reason-of-124', [closeFrame(1000, '*'.repeat(124))], PROTOCOL],
  ['reason-not-utf8', [frame(CLOSE, Buffer.from([3, 232, 0xce, 0xba, 0xed, 0xa0, 0x80]))], INVALID],
  ['reason-cut-utf8', [frame(CLOSE, Buffer.from([3, 232, 0xe2, 0x82]))], INVALID],
  ...VALID.map((code) => [`code-${code}`, [closeFrame(code)], [`close ${code}`]]),
  ...WRONG.map((code) => [`code-${code}`, [closeFrame(code)], PROTOCOL]),
  ['behind-a-message', [text('hello'), BYE], ['text hello', OK]],
  ['then-a-message', [BYE, text('late')], [OK]],
  ['then-a-ping', [BYE, ping('late')], [OK]],
  ['then-a-close', [BYE, closeFrame(1001)], [OK]],
  ['then-rubbish', [BYE, Buffer.alloc(100, 0xff)], [OK]],
  ['byte-by-byte', [closeFrame(1000)], [OK], { piece: 1 }],
  ['behind-an-error', [frame(3), BYE], PROTOCOL],
  ['behind-many', [...Array.from({ length: 100 }, () => text('x'.repeat(1000))), BYE], [...Array(100).fill(said('text', 'x'.repeat(1000))), OK]],
])

const MB = 1 << 20, MAX = 64 * MB, big = randomBytes(4 * MB)
const cut = (bytes, size) => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
const fragmentsOf = (opcode, bytes, size) => cut(bytes, size).map((piece, i, all) => frame(i === 0 ? opcode : 0, piece, { fin: i === all.length - 1 }))
const limits = table('limit', [
  ['text-1m', [text('*'.repeat(MB)), BYE], [said('text', '*'.repeat(MB)), OK]],
  ['binary-4m', [binary(big), BYE], [said('binary', big), OK]],
  ['binary-16m', [binary(Buffer.alloc(16 * MB, 5)), BYE], [said('binary', Buffer.alloc(16 * MB, 5)), OK]],
  ['fragments-of-64k', [...fragmentsOf(BINARY, big, 65536), BYE], [said('binary', big), OK]],
  ['fragments-of-1k', [...fragmentsOf(BINARY, big, 1024), BYE], [said('binary', big), OK]],
  ['fragments-of-256', [...fragmentsOf(TEXT, Buffer.alloc(MB, 'a'), 256), BYE], [said('text', 'a'.repeat(MB)), OK]],
  ['fragments-of-1300', [...fragmentsOf(TEXT, Buffer.alloc(65536, 'b'), 1300), BYE], [said('text', 'b'.repeat(65536)), OK]],
  ['in-pieces-of-4k', [binary(big.subarray(0, MB)), BYE], [said('binary', big.subarray(0, MB)), OK], { piece: 4096 }],
  ['frame-past-the-limit', [binary('', { size: MAX + 1 })], TOO_BIG],
  ['frame-of-4g', [binary('', { size: 2 ** 32 })], TOO_BIG],
  ['fragments-past-the-limit', [binary('x', first), more('', { size: MAX })], TOO_BIG],
  ['length-beyond-2-53', [binary('', { size: 2 ** 60 })], TOO_BIG],
])

export default [...framing, ...pings, ...reserved, ...opcodes, ...fragments, ...closing, ...limits]
