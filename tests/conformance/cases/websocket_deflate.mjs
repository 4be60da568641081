// websocket_deflate.mjs - RFC 7692: what is agreed for an offer, and messages under each agreement.
import { createHash } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { echo } from '../case.mjs'
import { BINARY, Deflater, PING, TEXT, closeFrame, frame } from '../wire.mjs'

const PMD = 'permessage-deflate', BYE = closeFrame(1000)
const h = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const DECLINED = { because: 'deflate-declined', reference: [400] }

// [id, offer, answer]
const offers = [
  ['plain', PMD, PMD],
  ['client-bits-open', `${PMD}; client_max_window_bits`, PMD],
  ...[9, 10, 11, 12, 13, 14].map((bits) => [`client-bits-${bits}`, `${PMD}; client_max_window_bits=${bits}`, `${PMD}; client_max_window_bits=${bits}`]),
  ['client-bits-8', `${PMD}; client_max_window_bits=8`, `${PMD}; client_max_window_bits=8`],
  ['client-bits-15', `${PMD}; client_max_window_bits=15`, PMD, { because: 'deflate-answer', reference: [101, `${PMD}; client_max_window_bits=15`] }],
  ...[9, 10, 12, 15].map((bits) => [`server-bits-${bits}`, `${PMD}; server_max_window_bits=${bits}`, `${PMD}; server_max_window_bits=${bits}`]),
  ['server-bits-8', `${PMD}; server_max_window_bits=8`, undefined, { because: 'deflate-window-of-8', reference: [101, `${PMD}; server_max_window_bits=8`] }],
  ['server-bits-quoted', `${PMD}; server_max_window_bits="10"`, `${PMD}; server_max_window_bits=10`],
  ['server-forgets', `${PMD}; server_no_context_takeover`, `${PMD}; server_no_context_takeover`],
  ['client-forgets', `${PMD}; client_no_context_takeover`, `${PMD}; client_no_context_takeover`],
  ['both-forget', `${PMD}; server_no_context_takeover; client_no_context_takeover`, `${PMD}; server_no_context_takeover; client_no_context_takeover`],
  ['everything', `${PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11`,
    `${PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11`],
  ['without-blanks', `${PMD};server_no_context_takeover;client_max_window_bits`, `${PMD}; server_no_context_takeover`],
  ['the-first-that-fits', `${PMD}; server_max_window_bits=9, ${PMD}`, `${PMD}; server_max_window_bits=9`],
  ['behind-another-extension', `x-webkit-deflate-frame, foo; bar=1, ${PMD}`, PMD],
  ['only-another-extension', 'x-webkit-deflate-frame', undefined],
  ['unknown-parameter', `${PMD}; unknown`, undefined, DECLINED],
  ['unknown-parameter-of-a-prototype', `${PMD}; __proto__=1`, undefined, DECLINED],
  ['doubled-parameter', `${PMD}; server_no_context_takeover; server_no_context_takeover`, undefined, DECLINED],
  ['doubled-bits', `${PMD}; server_max_window_bits=10; server_max_window_bits=11`, undefined, DECLINED],
  ['value-where-none-is', `${PMD}; server_no_context_takeover=1`, undefined, DECLINED],
  ['client-forgets-with-value', `${PMD}; client_no_context_takeover=true`, undefined, DECLINED],
  ['server-bits-without-value', `${PMD}; server_max_window_bits`, undefined, DECLINED],
  ...['7', '16', '0', '100', 'x'].map((bits) => [`server-bits-of-${bits}`, `${PMD}; server_max_window_bits=${bits}`, undefined, DECLINED]),
  ...['7', '16', '-10'].map((bits) => [`client-bits-of-${bits}`, `${PMD}; client_max_window_bits=${bits}`, undefined, DECLINED]),
  ['bits-with-a-leading-zero', `${PMD}; server_max_window_bits=010`, undefined, { because: 'deflate-declined', reference: [101, `${PMD}; server_max_window_bits=10`] }],
  ['bits-with-an-exponent', `${PMD}; server_max_window_bits=1e1`, undefined, { because: 'deflate-declined', reference: [101, `${PMD}; server_max_window_bits=10`] }],
  ['a-bad-offer-then-a-good-one', `${PMD}; unknown, ${PMD}; client_no_context_takeover`, `${PMD}; client_no_context_takeover`, DECLINED],
]
const sorted = (answer) => answer?.split('; ').sort().join('; ')
const agreed = offers.map(([id, offer, answer, differs]) => ({
  id: `ws.deflate.offer.${id}`, want: [101, sorted(answer)].filter((v) => v !== undefined),
  ...differs, ...(differs ? { reference: differs.reference.map((v) => typeof v === 'string' ? sorted(v) : v) } : {}),
  async run(t) {
    const { reply: { status, headers } } = await t.ws('/', { extensions: offer })
    return [status, sorted(headers['sec-websocket-extensions'])].filter((v) => v !== undefined)
  },
}))

const off = [
  { id: 'ws.deflate.not-offered', want: undefined, run: async (t) => (await t.ws('/')).reply.headers['sec-websocket-extensions'] },
  { id: 'ws.deflate.switched-off', on: [...echo, '--no-deflate'], want: undefined,
    run: async (t) => (await t.ws('/', { extensions: PMD })).reply.headers['sec-websocket-extensions'] },
  { id: 'ws.deflate.two-header-rows', want: PMD,
    run: async (t) => (await t.ws('/', { headers: { 'Sec-WebSocket-Extensions': ['foo', PMD] } })).reply.headers['sec-websocket-extensions'] },
]

// A text that compresses, with something from far back in it; the same for every run.
function sample(size, seed) {
  const words = []
  for (let length = 0, i = 0; length < size; i++) {
    words.push(i % 7 === 6 ? words[Math.max(0, i - 500)] : createHash('sha1').update(`${seed} ${i}`).digest('hex').slice(0, 1 + i % 20))
    length += words.at(-1).length
  }
  return words.join('').slice(0, size)
}

// Ten texts there and back, deflated as agreed; each comes whole, in fragments, or in small pieces of the wire.
async function exchange(t, { offer, size, fragment, forgetUs = false, forgetIt = false, bitsUs = 15, bitsIt = 15 }) {
  const ws = await t.ws('/', { extensions: offer, inflater: new Deflater({ forget: forgetIt, windowBits: bitsIt }) })
  const deflater = new Deflater({ forget: forgetUs, windowBits: bitsUs })
  for (let i = 0; i < 10; i++) {
    const text = sample(size, i % 3), deflated = deflater.deflate(text)
    const step = fragment ?? (deflated.length || 1)
    for (let at = 0; at < deflated.length; at += step)
      ws.send(frame(at === 0 ? TEXT : 0, deflated.subarray(at, at + step), { rsv: at === 0 ? 4 : 0, fin: at + step >= deflated.length }))
    const { type, payload } = await ws.read()
    if (type !== 'text' || payload.toString() !== text) return `${i}: ${type} of ${payload.length} bytes`
  }
  return 'ten'
}

const terms = {
  plain: { offer: PMD },
  'server-forgets': { offer: `${PMD}; server_no_context_takeover`, forgetIt: true },
  'client-forgets': { offer: `${PMD}; client_no_context_takeover`, forgetUs: true },
  'both-forget': { offer: `${PMD}; server_no_context_takeover; client_no_context_takeover`, forgetUs: true, forgetIt: true },
  'server-bits-9': { offer: `${PMD}; server_max_window_bits=9`, bitsIt: 9 },
  'client-bits-9': { offer: `${PMD}; client_max_window_bits=9`, bitsUs: 9 },
  'small-and-forgetful': { offer: `${PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10`,
    forgetUs: true, forgetIt: true, bitsUs: 10, bitsIt: 10 },
}
const exchanges = Object.entries(terms).flatMap(([name, options]) => [16, 256, 1024, 4096, 16384, 131072].map((size) => ({
  id: `ws.deflate.${name}.${size}`, want: 'ten', run: (t) => exchange(t, { ...options, size }),
})))
const fragmented = [[1024, 1], [4096, 64], [16384, 256], [131072, 1024], [131072, 16384]].map(([size, fragment]) => ({
  id: `ws.deflate.fragments.${size}-of-${fragment}`, want: 'ten', run: (t) => exchange(t, { offer: PMD, size, fragment }),
}))

// Frames as RFC 7692, 7.2.3 prints them, and what is not allowed: all that comes back.
const deflated = (hex, { opcode = TEXT, fin = true, rsv = 4 } = {}) => frame(opcode, h(hex), { fin, rsv })
const HELLO = 'f2 48 cd c9 c9 07 00', HI = 'text Hello'
const bytes = [
  ['hello', [deflated(HELLO)], [HI]],
  ['two-fragments', [deflated('f2 48 cd', { fin: false }), frame(0, h('c9 c9 07 00'))], [HI]],
  ['shared-window', [deflated(HELLO), deflated('f2 00 11 00 00')], [HI, HI]],
  ['stored-block', [deflated('00 05 00 fa ff 48 65 6c 6c 6f 00')], [HI]],
  ['final-block', [deflated('f3 48 cd c9 c9 07 00 00')], [HI]],
  ['final-block-then-another', [deflated('f3 48 cd c9 c9 07 00 00'), deflated(HELLO)], [HI, HI]],
  ['final-block-in-fragments', [deflated('f3 48 cd', { fin: false }), frame(0, h('c9 c9 07 00 00')), deflated(HELLO)], [HI, HI]],
  ['two-blocks', [deflated('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')], [HI]],
  ['empty', [deflated('00')], ['text']],
  ['empty-in-fragments', [deflated('', { fin: false }), frame(0, h('00'))], ['text']],
  ['empty-last-fragment', [deflated(HELLO, { fin: false }), frame(0, '')], [HI]],
  ['binary', [deflated(HELLO, { opcode: BINARY })], ['binary 48656c6c6f']],
  ['plain-under-agreement', [frame(TEXT, 'Hello')], [HI]],
  ['plain-between', [deflated(HELLO), frame(TEXT, 'plain'), deflated('f2 00 11 00 00')], [HI, 'text plain', HI]],
  ['ping-between-fragments', [deflated('f2 48 cd', { fin: false }), frame(PING, 'now'), frame(0, h('c9 c9 07 00'))], ['pong now', HI]],
  ['byte-by-byte-in-fragments', [...h(HELLO)].map((byte, i, all) => frame(i === 0 ? TEXT : 0, [byte], { rsv: i === 0 ? 4 : 0, fin: i === all.length - 1 })), [HI]],
  ['huffman-and-level-9', [frame(TEXT, new Deflater().deflate('Hello', { level: 9, strategy: constants.Z_HUFFMAN_ONLY }), { rsv: 4 })], [HI]],
  ['level-0', [frame(TEXT, new Deflater().deflate('Hello', { level: 0 }), { rsv: 4 })], [HI]],
  ['full-flush', [frame(TEXT, deflateRawSync('Hello', { finishFlush: constants.Z_FULL_FLUSH }).subarray(0, -4), { rsv: 4 })], [HI]],
].map(([id, frames, want]) => ({ id, frames, want: [...want, 'close 1000'] }))
const broken = [
  ['rsv1-on-a-continuation', [deflated('f2 48 cd', { fin: false }), deflated('c9 c9 07 00', { opcode: 0 })], 'close 1002'],
  ['rsv1-on-a-ping', [frame(PING, h(HELLO), { rsv: 4 })], 'close 1002'],
  ['rsv1-on-a-close', [frame(8, h(HELLO), { rsv: 4 })], 'close 1002'],
  ['rsv2', [deflated(HELLO, { rsv: 6 })], 'close 1002'],
  ['rsv3', [deflated(HELLO, { rsv: 5 })], 'close 1002'],
  ['not-deflate', [deflated('ff ff ff ff')], 'close 1007'],
  ['reserved-block-type', [deflated('06')], 'close 1007'],
  ['stored-length-wrong', [deflated('00 05 00 00 00 48 65 6c 6c 6f 00')], 'close 1007'],
  ['distance-before-the-start', [deflated('f2 00 11 00 00')], 'close 1007'],
  ['invalid-utf8-inside', [frame(TEXT, new Deflater().deflate(h('48 ff')), { rsv: 4 })], 'close 1007'],
].map(([id, frames, want]) => ({ id, frames, want: [want] }))
const raw = [...bytes, ...broken].map(({ id, frames, want }) => ({
  id: `ws.deflate.${id}`, want,
  async run(t) {
    const ws = await t.ws('/', { extensions: PMD }), got = []
    ws.send(...frames, BYE)
    for (let words; (words = await ws.next()) !== 'end';) {
      got.push(words)
      if (words.startsWith('close')) break
    }
    return got
  },
}))

const rest = [
  { id: 'ws.deflate.window-forgotten', want: ['text Hello', 'close 1007'], async run(t) {
    const ws = await t.ws('/', { extensions: `${PMD}; client_no_context_takeover` })
    ws.send(deflated(HELLO), deflated('f2 00 11 00 00'))
    return [await ws.next(), await ws.next()]
  } },
  { id: 'ws.deflate.small-goes-plain', want: [false, true], because: 'deflate-small', reference: [true, true], async run(t) {
    const { ws } = await t.session('websocket', { extensions: PMD })
    ws.text('4small')
    const small = await ws.read()
    ws.text(`4${'large'.repeat(1000)}`)
    return [small.deflated, (await ws.read()).deflated]
  } },
  { id: 'ws.deflate.answer-is-smaller', want: true, async run(t) {
    const ws = await t.ws('/', { extensions: PMD })
    ws.text('x'.repeat(100_000))
    const { payload } = await ws.frame()
    return payload.length < 1000
  } },
  { id: 'ws.deflate.inflates-to-the-limit', want: 1_000_000, async run(t) {
    const { ws } = await t.session('websocket', { extensions: PMD })
    ws.send(frame(TEXT, new Deflater().deflate('4'.repeat(1_000_000)), { rsv: 4 }))
    return (await ws.read()).payload.length
  } },
  { id: 'ws.deflate.inflates-past-the-limit', want: 'close 1009', async run(t) {
    const { ws } = await t.session('websocket', { extensions: PMD })
    ws.send(frame(TEXT, new Deflater().deflate('4'.repeat(1_000_001)), { rsv: 4 }))
    return ws.next()
  } },
  { id: 'ws.deflate.a-bomb', want: 'close 1009', async run(t) {
    const { ws } = await t.session('websocket', { extensions: PMD })
    ws.send(frame(BINARY, new Deflater().deflate(Buffer.alloc(30 << 20)), { rsv: 4 }))
    return ws.next()
  } },
  { id: 'ws.deflate.a-bomb-in-fragments', want: 'close 1009', async run(t) {
    const { ws } = await t.session('websocket', { extensions: PMD }), deflater = new Deflater()
    for (let i = 0; i < 4; i++) {
      const piece = Buffer.concat([deflater.deflate(Buffer.alloc(300_000)), h('00 00 ff ff')])
      ws.send(frame(i === 0 ? BINARY : 0, piece, { rsv: i === 0 ? 4 : 0, fin: i === 3 }))
    }
    return ws.next()
  } },
]

export default [...agreed, ...off, ...exchanges, ...fragmented, ...raw, ...rest].map((row) => ({ on: echo, ...row }))
