// websocket_handshake.mjs - RFC 6455, 4: what opens a WebSocket, and what is refused, on the plain echo and for Engine.IO.
import { conformance, echo } from '../case.mjs'
import { TEXT, frame, requestBytes } from '../wire.mjs'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='                          // RFC 6455, 1.3
const UPGRADE = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': KEY, 'Sec-WebSocket-Version': 13 }

async function ask(t, { method = 'GET', target = '/', headers = {}, version = '1.1' } = {}) {
  const tcp = await t.tcp()
  const bytes = requestBytes(method, target, { headers: { ...UPGRADE, ...headers } }).toString()
  tcp.write(bytes.replace('HTTP/1.1', `HTTP/${version}`))
  return { tcp, ...await tcp.replyHead() }
}

const accepted = [
  ['sample-key', {}, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['any-path', { target: '/a/b?c=d' }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['case-of-upgrade', { headers: { Upgrade: 'WebSocket' } }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['case-of-connection', { headers: { Connection: 'upgrade' } }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['connection-is-a-list', { headers: { Connection: 'keep-alive, Upgrade' } }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['any-origin', { headers: { Origin: 'https://a.example' } }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['unknown-extensions', { headers: { 'Sec-WebSocket-Extensions': 'foo; bar="baz", constructor' } }, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
].map(([id, how, want]) => ({
  id: `ws.handshake.${id}`, want: [101, want, 'websocket', 'Upgrade', undefined],
  async run(t) {
    const { status, headers } = await ask(t, how)
    return [status, headers['sec-websocket-accept'], headers.upgrade, headers.connection, headers['sec-websocket-extensions']]
  },
}))

const UNSPOKEN = { because: 'websocket-426', reference: 400 }
const refused = [
  ['no-key', { headers: { 'Sec-WebSocket-Key': null } }, 400],
  ['empty-key', { headers: { 'Sec-WebSocket-Key': '' } }, 400],
  ['short-key', { headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400],
  ['long-key', { headers: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }, 400],
  ['key-not-base64', { headers: { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' } }, 400],
  ['two-keys', { headers: { 'Sec-WebSocket-Key': [KEY, KEY] } }, 400],
  ['no-version', { headers: { 'Sec-WebSocket-Version': null } }, 426, UNSPOKEN],
  ['version-12', { headers: { 'Sec-WebSocket-Version': 12 } }, 426, UNSPOKEN],
  ['version-14', { headers: { 'Sec-WebSocket-Version': 14 } }, 426, UNSPOKEN],
  ['version-8', { headers: { 'Sec-WebSocket-Version': 8 } }, 426, { because: 'websocket-426', reference: 101 }],
  ['version-13-padded', { headers: { 'Sec-WebSocket-Version': '013' } }, 426, { because: 'websocket-426', reference: 101 }],
  ['other-protocol', { headers: { Upgrade: 'h2c' } }, 426, UNSPOKEN],
  ['post', { method: 'POST', headers: { 'Content-Length': 0 } }, 400, { because: 'websocket-method', reference: 405 }],
  ['http-1.0', { version: '1.0' }, 426, { because: 'http-10-upgrade', reference: 101 }],
  // RFC 6455, 9.1: what is not even a list of extensions fails the handshake.
  ...['permessage-deflate;', 'permessage-deflate; =1', 'permessage-deflate; a=', 'permessage-deflate; a="b', 'permessage-deflate; a="b c"',
    'permessage deflate', '"permessage-deflate"', 'a;;b', 'a=b'].map((header, i) => [`malformed-extensions-${i + 1}`,
    { headers: { 'Sec-WebSocket-Extensions': header } }, 400]),
].map(([id, how, want, differs]) => ({ id: `ws.handshake.${id}`, want, ...differs, run: async (t) => (await ask(t, how)).status }))

const other = [
  { id: 'ws.handshake.names-our-version', want: '13', because: 'websocket-version-list', reference: '13, 8',
    run: async (t) => (await ask(t, { headers: { 'Sec-WebSocket-Version': 7 } })).headers['sec-websocket-version'] },
  { id: 'ws.handshake.frames-behind-the-head', want: ['text early', 'text later'], async run(t) {
    const ws = await t.ws('/', { behind: frame(TEXT, 'early') })
    ws.text('later')
    return [await ws.next(), await ws.next()]
  } },
  { id: 'ws.handshake.bad-frame-behind-the-head', want: 'close 1002',
    run: async (t) => (await t.ws('/', { behind: frame(TEXT, 'x', { rsv: 3 }) })).next() },
  { id: 'ws.handshake.no-subprotocol', want: [101, undefined], because: 'subprotocol', reference: [101, 'chat'], async run(t) {
    const { status, headers } = await ask(t, { headers: { 'Sec-WebSocket-Protocol': 'chat, superchat' } })
    return [status, headers['sec-websocket-protocol']]
  } },
  { id: 'ws.handshake.cut-after-the-head', want: 'text alive', async run(t) {
    for (let i = 0; i < 5; i++) (await ask(t)).tcp.reset()
    const ws = await t.ws('/')
    ws.text('alive')
    return ws.next()
  } },
]

const ENGINE = '/socket.io/?EIO=4&transport=websocket'
const engine = [
  ['open', ENGINE, [101, '']],
  ['no-revision', '/socket.io/?transport=websocket', [400, 'Unsupported protocol version'],
    { because: 'websocket-revision', reference: [101, ''] }],
  ['other-revision', '/socket.io/?EIO=3&transport=websocket', [400, 'Unsupported protocol version'],
    { because: 'websocket-revision', reference: [101, ''] }],
  ['no-transport', '/socket.io/?EIO=4', [400, 'Transport unknown']],
  ['unknown-transport', '/socket.io/?EIO=4&transport=abc', [400, 'Transport unknown']],
  ['transport-of-a-prototype', '/socket.io/?EIO=4&transport=__proto__', [400, 'Transport unknown']],
  ['polling', '/socket.io/?EIO=4&transport=polling', [400, 'Bad request'], { because: 'websocket-polling', reference: [101, ''] }],
  ['unknown-sid', `${ENGINE}&sid=abc`, [400, 'Session ID unknown']],
  ['denied', `${ENGINE}&deny=1`, [400, 'Forbidden']],
].map(([id, target, want, differs]) => ({
  id: `ws.engine.${id}`, on: conformance, want, ...differs,
  async run(t) {
    const ws = await t.ws(target)
    return [ws.reply.status, ws.body ?? '']
  },
}))

const enginePaths = [
  { id: 'ws.engine.revision-never-opens', want: false, on: conformance, async run(t) {
    const ws = await t.ws('/socket.io/?EIO=3&transport=websocket')
    return ws.reply.status === 101 && (await ws.next()).startsWith('text 0')
  } },
  { id: 'ws.engine.elsewhere', want: 404, on: conformance, because: 'websocket-elsewhere', reference: 'nothing yet', async run(t) {
    const tcp = await t.tcp()
    tcp.write(requestBytes('GET', '/elsewhere', { headers: UPGRADE }))
    const reply = tcp.replyHead().then(({ status }) => status, () => 'ended')
    return t.ours ? reply : Promise.race([reply, new Promise((done) => { setTimeout(done, 300, 'nothing yet') })])
  } },
]

export default [...accepted, ...refused, ...other, ...engine, ...enginePaths].map((row) => ({ on: echo, ...row }))
