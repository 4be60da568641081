// socket_binary.mjs - attachments: their count, their placeholders, what may stand between, and acknowledgements with them.
import { conformance, dialogues } from '../case.mjs'

const JOIN = `
    > 40
    < 40{"sid":"*"}
    < 42["auth",{}]`
const P = (num) => `{"_placeholder":true,"num":${num}}`
const echo = (count, args, files, back = [count, args, files]) => `${JOIN}
    > 45${count}-["message"${args}]
    ${files.map((f) => `> b:${f}`).join('\n')}
    < 45${back[0]}-["message-back"${back[1]}]
    ${back[2].map((f) => `< b:${f}`).join('\n')}`.split('\n').filter((line) => line.trim() !== '').join('\n')
const closes = (...lines) => `${JOIN}\n${lines.map((line) => `> ${line}`).join('\n')}\n! closed`

export default dialogues(conformance, [
  { id: 'binary.event', says: echo(1, `,${P(0)}`, ['01020304']) },
  { id: 'binary.of-no-bytes', says: echo(1, `,${P(0)}`, ['']) },
  { id: 'binary.among-others', says: echo(1, `,1,"é",${P(0)},[null]`, ['ff00']) },
  { id: 'binary.two', says: echo(2, `,${P(0)},${P(1)}`, ['0102', '0304']) },
  { id: 'binary.ten', says: echo(10, [...Array(10).keys()].map((n) => `,${P(n)}`).join(''), [...Array(10).keys()].map((n) => `0${n}`)) },
  { id: 'binary.deep', says: echo(2, `,{"a":[{"b":${P(0)}},${P(1)}]}`, ['01', '02']) },
  { id: 'binary.custom', says: `
    > 40/custom,
    < 40/custom,{"sid":"*"}
    < 42/custom,["auth",{}]
    > 451-/custom,["message",${P(0)}]
    > b:0102
    < 451-/custom,["message-back",${P(0)}]
    < b:0102` },
  { id: 'binary.in-one-payload', says: `${JOIN}
    > 451-["message",${P(0)}]␞b:0102␞42["message","behind"]
    < 451-["message-back",${P(0)}]
    < b:0102
    < 42["message-back","behind"]` },
  { id: 'binary.in-any-order', because: 'attachments-as-they-came',
    says: echo(2, `,${P(1)},${P(0)}`, ['01', '02']), reference: echo(2, `,${P(1)},${P(0)}`, ['01', '02'], [2, `,${P(0)},${P(1)}`, ['02', '01']]) },
  { id: 'binary.one-used-twice', because: 'attachments-as-they-came',
    says: echo(1, `,${P(0)},${P(0)}`, ['01']), reference: echo(1, `,${P(0)},${P(0)}`, ['01'], [2, `,${P(0)},${P(1)}`, ['01', '01']]) },
  { id: 'binary.placeholder-with-more-keys', because: 'attachments-as-they-came',
    says: echo(1, `,{"_placeholder":true,"num":0,"x":1}`, ['01']), reference: echo(1, `,{"_placeholder":true,"num":0,"x":1}`, ['01'], [1, `,${P(0)}`, ['01']]) },
  { id: 'binary.placeholder-turned', because: 'attachments-as-they-came',
    says: echo(1, `,{"num":0,"_placeholder":true}`, ['01']), reference: echo(1, `,{"num":0,"_placeholder":true}`, ['01'], [1, `,${P(0)}`, ['01']]) },
  { id: 'binary.placeholder-in-a-plain-event', says: `${JOIN}
    > 42["message",${P(0)}]
    < 42["message-back",${P(0)}]` },
  { id: 'binary.placeholder-that-is-not-true', says: `${JOIN}
    > 451-["message",{"_placeholder":1,"num":5},{"_placeholder":"true","num":6},${P(0)}]
    > b:01
    < 451-["message-back",{"_placeholder":1,"num":5},{"_placeholder":"true","num":6},${P(0)}]
    < b:01` },
  ...Object.entries({ 'past-the-last': '1', negative: '-1', text: '"0"', method: '"splice"', null: 'null', huge: '1e9' })
    .map(([id, num]) => ({ id: `binary.num-${id}`, says: closes(`451-["message",${P(num)}]`, 'b:01') })),
  { id: 'binary.num-fraction', because: 'digits-only', says: closes(`451-["message",${P('0.5')}]`, 'b:01'), reference: `${JOIN}
    > 451-["message",${P('0.5')}]
    > b:01
    < 42["message-back",null]` },
  { id: 'binary.num-missing', says: closes('451-["message",{"_placeholder":true}]', 'b:01') },

  { id: 'binary.count-of-0', says: closes(`450-["message",1]`) },
  { id: 'binary.count-of-11', says: closes(`4511-["message",1]`) },
  { id: 'binary.count-absurd', says: closes(`45999999999999-["message",1]`) },
  { id: 'binary.count-negative', says: closes(`45-1-["message",1]`) },
  { id: 'binary.no-count', says: closes(`45-["message",1]`) },
  { id: 'binary.no-dash', says: closes(`451["message",${P(0)}]`) },
  { id: 'binary.no-count-at-all', says: closes(`45["message",${P(0)}]`) },
  { id: 'binary.count-is-a-word', says: closes(`45x-["message",1]`) },
  { id: 'binary.count-fraction', says: closes(`451.5-["message",1]`) },
  ...[' 1', '+1', '0x1', '1.0', '1e0'].map((count, i) => ({ id: `binary.count-like-javascript-${i + 1}`, because: 'digits-only',
    says: closes(`45${count}-["message",${P(0)}]`), reference: echo(count, `,${P(0)}`, ['01'], [1, `,${P(0)}`, ['01']]) })),

  { id: 'binary.without-its-packet', says: closes('b:01020304') },
  { id: 'binary.one-too-many', says: `${JOIN}
    > 451-["message",${P(0)}]
    > b:01
    < 451-["message-back",${P(0)}]
    < b:01
    > b:02
    ! closed` },
  { id: 'binary.text-between', says: closes(`451-["message",${P(0)}]`, '42["message",1]') },
  { id: 'binary.another-between', says: closes(`451-["message",${P(0)}]`, `451-["message",${P(0)}]`) },
  { id: 'binary.disconnect-between', says: closes(`451-["message",${P(0)}]`, '41') },
  { id: 'binary.pong-and-noop-between', says: `${JOIN}
    > 452-["message",${P(0)},${P(1)}]
    > b:01␞3␞6␞b:02
    < 452-["message-back",${P(0)},${P(1)}]
    < b:01
    < b:02` },
  { id: 'binary.reserved-name', says: closes(`451-["disconnect",${P(0)}]`, 'b:01') },
  { id: 'binary.name-is-a-placeholder', says: closes(`451-[${P(0)}]`, 'b:01') },
  { id: 'binary.no-payload', because: 'no-payload', says: closes('451-'), reference: `${JOIN}
    > 451-
    > b:01` },
  { id: 'binary.broken-json', says: closes(`451-["message",${P(0)}`) },
  { id: 'binary.of-a-namespace-not-joined', says: closes(`451-/custom,["message",${P(0)}]`, 'b:01') },
  { id: 'binary.before-connect', says: `
    > b:0102
    ! closed` },
  { id: 'binary.nobody-listens', says: `${JOIN}
    > 451-["nobody",${P(0)}]
    > b:01` },

  { id: 'binary.ack', says: `${JOIN}
    > 451-14["message-with-ack",${P(0)}]
    > b:0102
    < 461-14[${P(0)}]
    < b:0102` },
  { id: 'binary.ack-plain-answer', says: `${JOIN}
    > 4215["message-with-ack","bar"]
    < 4315["bar"]` },
  { id: 'binary.question-of-the-server', says: `${JOIN}
    > 451-["emit-with-ack",${P(0)}]
    > b:0102
    < 451-#1["server-ack",${P(0)}]
    < b:0102
    > 43#1["got it"]
    < 42["server-ack-result","got it"]` },
  { id: 'binary.answer-to-the-server', says: `${JOIN}
    > 42["emit-with-ack"]
    < 42#1["server-ack"]
    > 461-#1["bar",${P(0)}]
    > b:0102
    < 451-["server-ack-result","bar",${P(0)}]
    < b:0102` },
  { id: 'binary.answer-with-count-0', says: `${JOIN}
    > 42["emit-with-ack"]
    < 42#1["server-ack"]
    > 460-#1[]
    ! closed` },
])
