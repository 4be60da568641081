// socket_edges.mjs - packets at the edge of the grammar and of the limits, and what a session's end does to who waits.
import { conformance, dialogues, next, sleep, until } from '../case.mjs'
import { requestBytes } from '../wire.mjs'

const JOIN = `
    > 40
    < 40{"sid":"*"}
    < 42["auth",{}]`
const CUSTOM = `
    > 40/custom,
    < 40/custom,{"sid":"*"}
    < 42/custom,["auth",{}]`
const closes = (...lines) => `${JOIN}\n${lines.map((line) => `> ${line}`).join('\n')}\n! closed`
const round = (args) => `${JOIN}
    > 42["message"${args}]
    < 42["message-back"${args}]`

// The array of all arguments is not counted as one of their levels.
const nest = (depth) => `,${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`
const many = (count) => ',1'.repeat(count - 1)

const refused = (asked, answered, last) => `
    > ${Array(asked).fill('40/refused,').join('␞')}
    ${Array(answered).fill('< 44/refused,{"message":"refused","data":{"code":403}}').join('\n')}
    ${last ? `< 44/refused,${last}` : ''}`

const edges = dialogues(conformance, [
  { id: 'edge.slash-unescaped', says: round(',"a/b"') },
  { id: 'edge.newlines-in-a-string', says: round(',"a\\nb\\r\\n"') },
  { id: 'edge.depth-at-the-limit', says: round(nest(1001)) },
  { id: 'edge.depth-past-the-limit', because: 'json-limits', says: closes(`42["message"${nest(1002)}]`), reference: round(nest(1002)) },
  { id: 'edge.arguments-at-the-limit', says: round(many(1000)) },
  { id: 'edge.arguments-past-the-limit', because: 'json-limits', says: closes(`42["message"${many(1002)}]`), reference: round(many(1002)) },
  { id: 'edge.query-in-a-namespace', says: `
    > 40/custom?token=abc,
    < 44/custom?token=abc,{"message":"Invalid namespace"}` },
  { id: 'edge.namespace-of-100', says: `
    > 40/${'n'.repeat(99)},
    < 44/${'n'.repeat(99)},{"message":"Invalid namespace"}` },
  { id: 'edge.namespace-without-comma', says: closes('42/custom["message"]') },
  { id: 'edge.namespace-swallows-an-event', says: closes('42/custom["message",1]') },
  { id: 'edge.comma-without-namespace', says: closes('42,["message",1]') },
  { id: 'edge.two-commas', says: closes('42/,,["message",1]') },
  { id: 'edge.blank-namespace', says: `
    > 40/ ,
    < 44/ ,{"message":"Invalid namespace"}` },
  { id: 'edge.disconnect-and-junk', says: closes('41/,junk') },
  { id: 'edge.event-of-many-letters', says: `${JOIN}
    > 42["${'e'.repeat(100_000)}",1]` },
  { id: 'edge.event-in-unicode', says: `${JOIN}
    > 42["消息🙂",1]` },
  { id: 'edge.event-with-nul', says: `${JOIN}
    > 42["message\\u0000",1]` },
  { id: 'edge.attachment-count-with-a-zero', says: `${JOIN}
    > 4501-["message",{"_placeholder":true,"num":0}]
    > b:01
    < 451-["message-back",{"_placeholder":true,"num":0}]
    < b:01` },
  { id: 'edge.ack-id-in-a-namespace', says: `${CUSTOM}
    > 42/custom,0["message-with-ack",1]
    < 43/custom,0[1]` },
  { id: 'edge.binary-ack-in-a-namespace', says: `${CUSTOM}
    > 451-/custom,1["message-with-ack",{"_placeholder":true,"num":0}]
    > b:ff
    < 461-/custom,1[{"_placeholder":true,"num":0}]
    < b:ff` },
  { id: 'edge.connect-with-an-id', says: `
    > 401
    < 40{"sid":"*"}
    < 42["auth",{}]` },
  { id: 'edge.disconnect-with-an-id', says: `${JOIN}
    > 411
    ~
    > 42["message",1]
    ! closed` },
  { id: 'edge.refused-eight-times', says: refused(8, 8) },
  { id: 'edge.refused-nine-times-at-once', because: 'namespaces-at-once', says: refused(9, 8, '{"message":"Too many namespaces"}'), reference: refused(9, 9) },
  { id: 'edge.connect-and-leave-ten-times', says: Array(10).fill(`${JOIN}
    > 41
    ~`).join('') },
  { id: 'edge.hundred-in-one-payload', says: `${JOIN}
    > ${[...Array(100).keys()].map((i) => `42["message",${i}]`).join('␞')}
    ${[...Array(100).keys()].map((i) => `< 42["message-back",${i}]`).join('\n')}` },
  { id: 'edge.answers-before-the-broken-one', transports: ['websocket'], says: `${JOIN}
    > 42["message",1]
    < 42["message-back",1]
    > 42[
    ! closed` },
])

// A GET waits, and something else ends the session.
const endings = [
  ['broken-post', (session) => session.post('abc')],
  ['binary-type', (session) => session.post('4x', { 'Content-Type': 'application/octet-stream' })],
  ['protocol-error', (session) => session.post('42["message",1]')],
  ['second-post', async (session, t) => {
    const tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Content-Length': 10 } }), '4x')
    await sleep(50)
    await session.post('3')
  }],
  ['cut-post', async (session, t) => {
    const tcp = await t.tcp()
    tcp.write(requestBytes('POST', session.target, { headers: { 'Content-Length': 10 } }), '4x')
    await sleep(50)
    tcp.cut()
  }],
].map(([id, end]) => ({
  id: `ending.${id}`, want: [200, '1', 400],
  async run(t) {
    const session = await t.session('polling'), get = await session.wait()
    await sleep(20)
    await end(session, t)
    const { status, body } = await get.reply
    return [status, body, (await session.get()).status]
  },
}))

const crowds = [
  { id: 'crowd.a-room-heard-while-upgrading', want: 'in order', async run(t) {
    const speaker = t.io('', { transports: ['websocket'] }), listener = t.io(), heard = []
    listener.on('said', (n) => heard.push(n))
    await listener.timeout(15_000).emitWithAck('join', 'heard-while-upgrading')
    for (let i = 0; i < 200; i++) {
      speaker.emit('to-room', 'heard-while-upgrading', 'said', i)
      if (i % 10 === 0) await sleep(2)
    }
    await until(() => heard.length === 200, 'all of them')
    return heard.every((n, i) => n === i) ? 'in order' : heard.join(' ')
  } },
  { id: 'crowd.more-than-max-payload', want: 30, async run(t) {
    const socket = t.io('', { transports: ['polling'] }), part = 'x'.repeat(100_000)
    await next(socket, 'connect')
    const answers = await Promise.all(Array.from({ length: 30 }, () => socket.timeout(15_000).emitWithAck('message-with-ack', part)))
    return answers.filter((answer) => answer === part).length
  } },
  { id: 'crowd.all-transports-in-one-room', want: [[1, 'AQI='], [1, 'AQI='], [1, 'AQI=']], async run(t) {
    const speaker = t.io(), room = 'all-transports'
    const listeners = [['websocket'], ['polling'], ['polling', 'websocket']].map((transports) => t.io('', { transports }))
    await Promise.all(listeners.map((socket) => socket.timeout(15_000).emitWithAck('join', room)))
    const heard = listeners.map((socket) => next(socket, 'said'))
    speaker.emit('to-room', room, 'said', 1, Buffer.from([1, 2]))
    return (await Promise.all(heard)).map(([n, bytes]) => [n, Buffer.from(bytes).toString('base64')])
  } },
]

export default [...edges, ...[...endings, ...crowds].map((row) => ({ on: conformance, ...row }))]
