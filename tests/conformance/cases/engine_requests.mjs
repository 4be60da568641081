// engine_requests.mjs - Engine.IO over HTTP: what a request must say, in which order that is asked, and the answers.
import { conformance, echo } from '../case.mjs'

const error = (code, message, status = 400) => [status, JSON.stringify({ code, message })]
const TRANSPORT = error(0, 'Transport unknown'), SID = error(1, 'Session ID unknown'), METHOD = error(2, 'Bad handshake method')
const BAD = error(3, 'Bad request'), DENIED = error(4, 'Forbidden', 403), REVISION = error(5, 'Unsupported protocol version')
const OPEN = [200, 'an open packet'], HANDSHAKE = 'EIO=4&transport=polling'

function brief({ status, body }) {
  if (status === 200 && body.startsWith('___eio[')) return 'JSONP'
  return status === 200 && body.startsWith('0{') ? OPEN : [status, body]
}

// [id, method, query, wanted]; SID stands for the sid of a session.
const queries = [
  ['no-revision', 'GET', 'transport=polling', REVISION],
  ['unknown-revision', 'GET', 'EIO=abc&transport=polling', REVISION],
  ['older-revision', 'GET', 'EIO=3&transport=polling', REVISION],
  ['empty-revision', 'GET', 'EIO=&transport=polling', REVISION],
  ['longer-revision', 'GET', 'EIO=44&transport=polling', REVISION],
  ['padded-revision', 'GET', 'EIO=04&transport=polling', REVISION],
  ['blank-behind-revision', 'GET', 'EIO=4%20&transport=polling', REVISION],
  ['revision-in-lower-case', 'GET', 'eio=4&transport=polling', REVISION],
  ['last-revision-counts', 'GET', 'EIO=3&EIO=4&transport=polling', OPEN],
  ['last-revision-counts-when-bad', 'GET', 'EIO=4&EIO=3&transport=polling', REVISION],
  ['no-transport', 'GET', 'EIO=4', TRANSPORT],
  ['no-query', 'GET', '', TRANSPORT],
  ['unknown-transport', 'GET', 'EIO=4&transport=abc', TRANSPORT],
  ['transport-is-case-sensitive', 'GET', 'EIO=4&transport=Polling', TRANSPORT],
  ['last-transport-counts', 'GET', `transport=abc&${HANDSHAKE}`, OPEN],
  ['transport-of-a-prototype', 'GET', 'EIO=4&transport=__proto__', TRANSPORT],
  ['transport-of-a-constructor', 'GET', 'EIO=4&transport=constructor', TRANSPORT],
  ['webtransport-is-not-offered', 'GET', 'EIO=4&transport=webtransport', TRANSPORT],
  ['websocket-without-upgrade', 'GET', 'EIO=4&transport=websocket', BAD],
  ['unknown-sid', 'GET', `${HANDSHAKE}&sid=abc`, SID],
  ['unknown-sid-of-a-post', 'POST', `${HANDSHAKE}&sid=abc`, SID],
  ['sid-of-a-prototype', 'GET', `${HANDSHAKE}&sid=__proto__`, SID],
  ['sid-of-a-method', 'GET', `${HANDSHAKE}&sid=hasOwnProperty`, SID],
  ['empty-sid-is-none', 'GET', `${HANDSHAKE}&sid=`, OPEN],
  ['long-sid', 'GET', `${HANDSHAKE}&sid=${'x'.repeat(4000)}`, SID],
  ['more-parameters', 'GET', `${HANDSHAKE}&t=abc&b64=1&__proto__=x&=&&x`, OPEN],
  ['escaped-names', 'GET', '%45IO=%34&transport=p%6Flling', OPEN],
  ['broken-escapes', 'GET', `${HANDSHAKE}&x=%&y=%zz`, OPEN],
  ['jsonp', 'GET', `${HANDSHAKE}&j=0`, OPEN, { because: 'jsonp', reference: 'JSONP' }],
  ['post-without-sid', 'POST', HANDSHAKE, METHOD],
  ['put-without-sid', 'PUT', HANDSHAKE, METHOD],
  ['delete-without-sid', 'DELETE', HANDSHAKE, METHOD],
  ['patch-without-sid', 'PATCH', HANDSHAKE, METHOD],
  ['delete-with-sid', 'DELETE', `${HANDSHAKE}&sid=SID`, BAD, { because: 'other-methods', reference: [500, ''] }],
  ['put-with-sid', 'PUT', `${HANDSHAKE}&sid=SID`, BAD, { because: 'other-methods', reference: [500, ''] }],
  // the order of questions
  ['transport-before-sid', 'GET', 'EIO=4&transport=abc&sid=abc', TRANSPORT],
  ['transport-before-method', 'POST', 'EIO=4&transport=abc', TRANSPORT],
  ['sid-before-revision', 'GET', 'EIO=3&transport=polling&sid=abc', SID],
  ['method-before-revision', 'POST', 'EIO=3&transport=polling', METHOD],
  ['method-before-upgrade', 'POST', 'EIO=4&transport=websocket', METHOD],
  ['upgrade-before-revision', 'GET', 'EIO=3&transport=websocket', BAD],
  ['revision-of-a-session', 'GET', 'EIO=3&transport=polling&sid=SID', BAD],
  ['no-revision-in-a-session', 'GET', 'transport=polling&sid=SID', BAD],
  ['revision-of-a-session-in-a-post', 'POST', 'EIO=3&transport=polling&sid=SID', BAD],
  ['transport-of-a-session', 'GET', 'EIO=4&transport=websocket&sid=SID', BAD],
  ['transport-of-a-session-in-a-post', 'POST', 'EIO=4&transport=websocket&sid=SID', BAD],
].map(([id, method, query, want, differs]) => ({
  id: `request.${id}`, on: echo, want, ...differs,
  async run(t) {
    const { sid } = query.includes('SID') ? await t.session('polling') : {}
    return brief(await t.http(method, `/engine.io/?${query.replace('SID', sid)}`,
      ['POST', 'PUT', 'PATCH'].includes(method) ? { body: '' } : {}))
  },
}))

// What the refused request did to the session: nothing.
const harmless = ['EIO=3&transport=polling', 'EIO=4&transport=websocket', 'EIO=4&transport=abc'].map((query, i) => ({
  id: `request.refused-and-harmless-${i + 1}`, on: echo, want: ['4still here'],
  async run(t) {
    const session = await t.session('polling')
    await t.http('GET', `/engine.io/?${query}&sid=${session.sid}`)
    await session.send('4still here')
    return [await session.next()]
  },
}))

const paths = [
  ['without-its-slash', '/socket.io', 404], ['elsewhere', '/engine.io/', 404], ['root', '/', 404], ['in-capitals', '/SOCKET.IO/', 404],
  ['two-slashes', '//socket.io/', 404],
].map(([id, path, want]) => ({
  id: `request.path.${id}`, on: conformance, want,
  run: async (t) => (await t.http('GET', `${path}?${HANDSHAKE}`)).status,
}))

const allowed = [
  ['denied', 'GET', `${HANDSHAKE}&deny=1`, DENIED],
  ['denied-before-revision', 'GET', 'EIO=3&transport=polling&deny=1', DENIED],
  ['method-before-denied', 'POST', `${HANDSHAKE}&deny=1`, METHOD],
  ['not-quite-denied', 'GET', `${HANDSHAKE}&deny=10&notdeny=1`, OPEN],
  ['asked-once', 'POST', `${HANDSHAKE}&sid=SID&deny=1`, [200, 'ok']],
].map(([id, method, query, want]) => ({
  id: `request.${id}`, on: conformance, want,
  async run(t) {
    const { sid } = query.includes('SID') ? await t.session('polling') : {}
    return brief(await t.http(method, `/socket.io/?${query.replace('SID', sid)}`, method === 'POST' ? { body: '3' } : {}))
  },
}))

const pick = (headers, ...names) => names.map((name) => headers[name] ?? '-')
const CORS = 'access-control-allow-origin'

const headers = [
  { id: 'reply.open', want: ['text/plain; charset=UTF-8', 'no-store', '*'],
    run: async (t) => pick((await t.http('GET', `/engine.io/?${HANDSHAKE}`)).headers, 'content-type', 'cache-control', CORS) },
  { id: 'reply.poll', want: ['text/plain; charset=UTF-8', 'no-store', '*'],
    async run(t) {
      const session = await t.session('polling')
      await session.post('4x')
      return pick((await session.get()).headers, 'content-type', 'cache-control', CORS)
    } },
  { id: 'reply.post', want: ['text/html', 'no-store', '*', '2'],
    run: async (t) => pick((await (await t.session('polling')).post('4x')).headers, 'content-type', 'cache-control', CORS, 'content-length') },
  { id: 'reply.error', want: ['application/json', '*'],
    run: async (t) => pick((await t.http('GET', '/engine.io/', { headers: { Origin: 'https://a.example' } })).headers, 'content-type', CORS) },
  { id: 'reply.too-large', want: [413, '*'],
    async run(t) {
      const { status, headers: got } = await (await t.session('polling')).post('4'.repeat(1_000_001))
      return [status, ...pick(got, CORS)]
    } },
  { id: 'reply.no-cookie', want: ['-'],
    run: async (t) => pick((await t.http('GET', `/engine.io/?${HANDSHAKE}`)).headers, 'set-cookie') },
  { id: 'reply.keeps-alive', want: [200, 200, 400],
    async run(t) {
      const tcp = await t.tcp(), got = []
      for (const query of [HANDSHAKE, HANDSHAKE, 'x']) {
        tcp.write(`GET /engine.io/?${query} HTTP/1.1\r\nHost: x\r\n\r\n`)
        got.push((await tcp.reply()).status)
      }
      return got
    } },
  { id: 'reply.denied', on: conformance, want: [403, '*'],
    async run(t) {
      const { status, headers: got } = await t.http('GET', `/socket.io/?${HANDSHAKE}&deny=1`)
      return [status, ...pick(got, CORS)]
    } },
  { id: 'preflight', want: [204, '*', true, 'x-one,x-two', ''],
    async run(t) {
      const { status, headers: got, body } = await t.http('OPTIONS', `/engine.io/?${HANDSHAKE}`, { headers: {
        Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-one,x-two' } })
      return [status, got[CORS], /GET.*POST/.test(got['access-control-allow-methods']), got['access-control-allow-headers'], body]
    } },
  { id: 'preflight.of-a-session', want: [204, '4x'],
    async run(t) {
      const session = await t.session('polling')
      const { status } = await t.http('OPTIONS', session.target, { headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' } })
      await session.send('4x')
      return [status, await session.next()]
    } },
  { id: 'handshake.sid-is-long-and-new', want: [true, true],
    async run(t) {
      const sids = await Promise.all([1, 2, 3, 4].map(async () => (await t.session('polling')).sid))
      return [sids.every((sid) => /^[\w-]{20,}$/.test(sid)), new Set(sids).size === 4]
    } },
  { id: 'handshake.open-packet.polling', on: ['echo'], want: { sid: '*', upgrades: ['websocket'], pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 },
    run: async (t) => ({ ...(await t.session('polling')).open, sid: '*' }) },
  { id: 'handshake.open-packet.websocket', on: ['echo'], want: { sid: '*', upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 },
    run: async (t) => ({ ...(await t.session('websocket')).open, sid: '*' }) },
  { id: 'handshake.open-packet.bytes', on: ['conformance'],
    want: '0{"sid":"*","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}',
    run: async (t) => (await t.http('GET', `/socket.io/?${HANDSHAKE}`)).body.replace(/"sid":"[^"]*"/, '"sid":"*"') },
].map((row) => ({ on: echo, ...row }))

export default [...queries, ...harmless, ...paths, ...allowed, ...headers]
