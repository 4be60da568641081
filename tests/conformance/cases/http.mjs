// http.mjs - HTTP around Engine.IO: connections that stay, requests behind each other, targets and versions.
import { conformance, echo, sleep } from '../case.mjs'
import { Ended, requestBytes } from '../wire.mjs'

const QUERY = 'EIO=4&transport=polling', TARGET = `/engine.io/?${QUERY}`

// The statuses of all that comes back to these bytes, and whether the connection then ends.
async function statuses(t, bytes, { end = false } = {}) {
  const tcp = await t.tcp(), got = []
  tcp.write(bytes)
  if (end) tcp.end()
  try {
    for (;;) {
      const { status, headers } = await tcp.reply()
      got.push(status)
      if (headers.connection === 'close') await tcp.untilEnd()
    }
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  }
  return got
}
const lines = (...rows) => `${rows.join('\r\n')}\r\n\r\n`
const last = lines(`GET ${TARGET} HTTP/1.1`, 'Host: x', 'Connection: close')

const framing = [
  ['pipelined', lines(`GET ${TARGET} HTTP/1.1`, 'Host: x') + lines('GET /engine.io/ HTTP/1.1', 'Host: x') + last, [200, 400, 200]],
  ['connection-close', last, [200]],
  ['behind-connection-close', last + last, [200], { because: 'behind-connection-close', reference: [400] }],
  ['1.0', lines(`GET ${TARGET} HTTP/1.0`), [200]],
  ['1.0-keep-alive', lines(`GET ${TARGET} HTTP/1.0`, 'Connection: keep-alive') + last, [200], { because: 'http-10-keep-alive', reference: [200, 200] }],
  ['0.9', `GET ${TARGET}\r\n\r\n`, [400], { because: 'http-09', reference: [200] }],
  ['no-host', lines(`GET ${TARGET} HTTP/1.1`), [400]],
  ['two-hosts', lines(`GET ${TARGET} HTTP/1.1`, 'Host: x', 'Host: y', 'Connection: close'), [400], { because: 'two-hosts', reference: [200] }],
  ['absolute-target', lines(`GET http://x${TARGET} HTTP/1.1`, 'Host: x', 'Connection: close'), [200], { because: 'absolute-target', reference: [404] }],
  ['empty-lines-first', `\r\n\r\n${last}`, [200]],
  ['get-with-a-body', lines(`GET ${TARGET} HTTP/1.1`, 'Host: x', 'Content-Length: 5') + `hello${last}`, [200, 200]],
  ['length-and-chunks', lines(`POST ${TARGET} HTTP/1.1`, 'Host: x', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n', [400]],
  ['two-lengths', lines(`POST ${TARGET} HTTP/1.1`, 'Host: x', 'Content-Length: 5', 'Content-Length: 6') + 'hello', [400]],
  ['length-of-a-word', lines(`POST ${TARGET} HTTP/1.1`, 'Host: x', 'Content-Length: five') + 'hello', [400]],
  ['blank-before-colon', lines(`GET ${TARGET} HTTP/1.1`, 'Host : x'), [400]],
  ['folded-header', lines(`GET ${TARGET} HTTP/1.1`, 'Host: x', 'A: b', ' c', 'Connection: close'), [400]],
  ['unknown-method', lines(`FROB ${TARGET} HTTP/1.1`, 'Host: x'), [400]],
  ['method-in-lower-case', lines(`get ${TARGET} HTTP/1.1`, 'Host: x'), [400]],
  ['no-http', 'hello\r\n\r\n', [400]],
  ['version-2', lines(`GET ${TARGET} HTTP/2.0`, 'Host: x', 'Connection: close'), [505], { because: 'http-version', reference: [200] }],
].map(([id, bytes, want, differs]) => ({ id: `http.${id}`, on: echo, want, ...differs, run: (t) => statuses(t, bytes) }))

const rest = [
  { id: 'http.head', want: [400, ''], async run(t) {
    const tcp = await t.tcp()
    tcp.write(requestBytes('HEAD', TARGET, { headers: { Connection: 'close' } }))
    const { status } = await tcp.replyHead()
    await tcp.untilEnd()
    return [status, tcp.bytes.toString()]
  } },
  { id: 'http.byte-by-byte', want: 200, async run(t) {
    const tcp = await t.tcp()
    for (const byte of requestBytes('GET', TARGET)) {
      tcp.write([byte])
      await sleep(0)
    }
    return (await tcp.reply()).status
  } },
  { id: 'http.post-behind-a-waiting-get', on: ['echo', '--ping-interval', '300', '--ping-timeout', '5000'], want: ['2', 'ok'],
    because: 'pipelined-post', reference: ['4x', 'ok'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp()
    tcp.write(requestBytes('GET', session.target), requestBytes('POST', session.target, { body: '4x' }))
    return [(await tcp.reply()).body, (await tcp.reply()).body]
  } },
  { id: 'http.one-connection-for-all', want: ['ok', '4x', 'ok', '4y'], async run(t) {
    const session = await t.session('polling'), tcp = await t.tcp(), got = []
    for (const [method, body] of [['POST', '4x'], ['GET'], ['POST', '4y'], ['GET']]) {
      tcp.write(requestBytes(method, session.target, body ? { body } : {}))
      got.push((await tcp.reply()).body)
    }
    return got
  } },
  { id: 'http.half-closed-get', want: 'ended', async run(t) {
    const session = await t.session('polling'), get = await session.wait()
    get.reply.catch(() => {})
    get.tcp.end()
    await sleep(50)
    await session.send('4x')
    return get.reply.then(({ status, body }) => [status, body], () => 'ended')
  } },
  { id: 'http.gzip-is-not-needed', want: '-', because: 'polling-gzip', reference: 'gzip', async run(t) {
    const session = await t.session('polling')
    await session.post(`4${'x'.repeat(5000)}`)
    return (await t.http('GET', session.target, { headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding'] ?? '-'
  } },
  { id: 'http.elsewhere', on: conformance, want: 404, run: async (t) => (await t.http('POST', '/', { body: 'x' })).status },
]

const packets = [
  ['1000-packets', 1000, '4'], ['1001-packets', 1001, 'closed', { because: 'packets-of-a-post', reference: '4' }],
].map(([id, count, want, differs]) => ({
  id: `payload.${id}`, want, ...differs,
  async run(t) {
    const session = await t.session('polling')
    await session.post(Array(count).fill('4').join('\x1e'))
    return session.next()
  },
}))

export default [...framing, ...rest, ...packets].map((row) => ({ on: echo, ...row }))
