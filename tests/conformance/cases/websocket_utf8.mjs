// websocket_utf8.mjs - text is UTF-8 (RFC 3629): in one frame, over the edges of frames, byte by byte, and when it is refused.
import { echo, sleep } from '../case.mjs'
import { TEXT, closeFrame, frame } from '../wire.mjs'
import { exchange } from './websocket_frames.mjs'

const BYE = closeFrame(1000)
const h = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

// RFC 3629, 4: the edges of each row of the grammar.
const valid = { ascii: '48 65', 'two-first': 'c2 80', 'two-last': 'df bf', 'three-first': 'e0 a0 80', 'before-surrogates': 'ed 9f bf',
  'behind-surrogates': 'ee 80 80', 'three-last': 'ef bf bf', 'non-character': 'ef bf be', 'replacement': 'ef bf bd', 'four-first': 'f0 90 80 80',
  'four-last': 'f4 8f bf bf', 'kosme': 'ce ba e1 bd b9 cf 83 ce bc ce b5', nul: '00', del: '7f', 'bom-first': 'ef bb bf 78' }
const invalid = { 'lone-continuation': '80', 'last-continuation': 'bf', 'two-continuations': '80 bf', 'overlong-two': 'c0 af', 'overlong-two-last': 'c1 bf',
  'overlong-three': 'e0 9f bf', 'overlong-four': 'f0 8f bf bf', 'overlong-nul': 'c0 80', 'surrogate-first': 'ed a0 80', 'surrogate-last': 'ed bf bf',
  'surrogate-pair': 'ed a0 80 ed b0 80', 'past-the-last': 'f4 90 80 80', 'five-bytes': 'f8 88 80 80 80', 'six-bytes': 'fc 84 80 80 80 80',
  fe: 'fe', ff: 'ff', 'cut-two': 'c2', 'cut-three': 'e2 82', 'cut-four': 'f0 90 80', 'cut-then-ascii': 'e2 82 41', 'cut-then-start': 'e2 82 c2 80',
  'behind-text': '48 65 6c 6c 6f ff', 'before-text': 'ff 48 65 6c 6c 6f' }

// Over an edge after each byte: every byte is a fragment of its own.
const each = (bytes) => [...bytes].map((byte, i) => frame(i === 0 ? TEXT : 0, [byte], { fin: i === bytes.length - 1 }))

const good = Object.entries(valid).flatMap(([id, hex]) => [['', [frame(TEXT, h(hex))]], ['.fragments', each(h(hex))]].map(([form, frames]) => ({
  id: `ws.utf8.${id}${form}`, on: echo, want: [`text ${h(hex)}`.trim(), 'close 1000'], run: (t) => exchange(t, [...frames, BYE]),
})))
const bad = Object.entries(invalid).flatMap(([id, hex]) => [['', [frame(TEXT, h(hex))]], ['.fragments', each(h(hex))]].map(([form, frames]) => ({
  id: `ws.utf8.${id}${form}`, on: echo, want: ['close 1007'], run: (t) => exchange(t, frames),
})))

const rest = [
  { id: 'ws.utf8.binary-is-not-text', want: ['binary fffe80', 'close 1000'], run: (t) => exchange(t, [frame(2, h('ff fe 80')), BYE]) },
  { id: 'ws.utf8.ping-is-not-text', want: [`pong ${h('61').toString()}`, 'close 1000'], run: (t) => exchange(t, [frame(9, h('61')), BYE]) },
  { id: 'ws.utf8.good-then-bad', want: ['text é', 'close 1007'], run: (t) => exchange(t, [frame(TEXT, 'é'), frame(TEXT, h('e9'))]) },
  { id: 'ws.utf8.the-next-text-starts-anew', want: ['text é', 'text é', 'close 1000'],
    run: (t) => exchange(t, [...each(Buffer.from('é')), ...each(Buffer.from('é')), BYE]) },
  { id: 'ws.utf8.byte-by-byte', want: ['text κόσμε 🙂', 'close 1000'], run: (t) => exchange(t, [frame(TEXT, 'κόσμε 🙂'), BYE], { piece: 1 }) },
  // What can no more become UTF-8 is refused then, not at the end of the message.
  { id: 'ws.utf8.early-in-a-fragment', want: 'close 1007', because: 'utf8-early', reference: 'pong still here', async run(t) {
    const ws = await t.ws('/')
    ws.send(frame(TEXT, h('48 ff'), { fin: false }), frame(9, 'still here'))
    return ws.next()
  } },
  { id: 'ws.utf8.early-in-a-frame', want: 'close 1007', because: 'utf8-early', reference: 'nothing yet', async run(t) {
    const ws = await t.ws('/'), whole = frame(TEXT, Buffer.concat([h('48 ff'), Buffer.alloc(100)]))
    ws.send(whole.subarray(0, 12))
    return t.ours ? ws.next() : Promise.race([ws.next(), sleep(300).then(() => 'nothing yet')])
  } },
].map((row) => ({ on: echo, ...row }))

export default [...good, ...bad, ...rest]
