// socket_packets.mjs - Socket.IO packets as text, on both transports: what they may say, and what ends the connection.
import { conformance, dialogues } from '../case.mjs'

const JOIN = `
    > 40
    < 40{"sid":"*"}
    < 42["auth",{}]`
const CUSTOM = `
    > 40/custom,
    < 40/custom,{"sid":"*"}
    < 42/custom,["auth",{}]`

const connect = dialogues(conformance, [
  { id: 'connect', says: JOIN },
  { id: 'connect.with-payload', says: `
    > 40{"token":"123"}
    < 40{"sid":"*"}
    < 42["auth",{"token":"123"}]` },
  { id: 'connect.payload-of-any-depth', says: `
    > 40{"a":{"b":[1,{"c":null}]},"表":"医"}
    < 40{"sid":"*"}
    < 42["auth",{"a":{"b":[1,{"c":null}]},"表":"医"}]` },
  { id: 'connect.empty-object', says: `
    > 40{}
    < 40{"sid":"*"}
    < 42["auth",{}]` },
  { id: 'connect.custom', says: CUSTOM },
  { id: 'connect.custom-without-comma', says: `
    > 40/custom
    < 40/custom,{"sid":"*"}
    < 42/custom,["auth",{}]` },
  { id: 'connect.custom-with-payload', says: `
    > 40/custom,{"token":"abc"}
    < 40/custom,{"sid":"*"}
    < 42/custom,["auth",{"token":"abc"}]` },
  { id: 'connect.main-by-name', says: `
    > 40/,
    < 40{"sid":"*"}
    < 42["auth",{}]` },
  { id: 'connect.both', says: `${JOIN}${CUSTOM}
    > 42["message",1]
    < 42["message-back",1]
    > 42/custom,["message",2]
    < 42/custom,["message-back",2]` },
  { id: 'connect.custom-alone', says: `${CUSTOM}
    > 42/custom,["message",2]
    < 42/custom,["message-back",2]` },
  { id: 'connect.refused', says: `
    > 40/refused,
    < 44/refused,{"message":"refused","data":{"code":403}}` },
  { id: 'connect.unknown', says: `
    > 40/random,
    < 44/random,{"message":"Invalid namespace"}` },
  { id: 'connect.unknown-without-comma', says: `
    > 40/random
    < 44/random,{"message":"Invalid namespace"}` },
  { id: 'connect.unknown-in-unicode', says: `
    > 40/医院,{"a":1}
    < 44/医院,{"message":"Invalid namespace"}` },
  { id: 'connect.unknown-of-a-prototype', says: `
    > 40/__proto__,
    < 44/__proto__,{"message":"Invalid namespace"}` },
  { id: 'connect.names-are-case-sensitive', says: `
    > 40/Custom,
    < 44/Custom,{"message":"Invalid namespace"}` },
  { id: 'connect.a-slash-more', says: `
    > 40/custom/,
    < 44/custom/,{"message":"Invalid namespace"}` },
  { id: 'connect.refused-then-accepted', says: `
    > 40/refused,
    < 44/refused,{"message":"refused","data":{"code":403}}${JOIN}` },
  { id: 'connect.refused-leaves-the-others', says: `${JOIN}
    > 40/refused,
    < 44/refused,{"message":"refused","data":{"code":403}}
    > 42["message",1]
    < 42["message-back",1]` },
  { id: 'connect.twice', says: `${JOIN}
    > 40
    ! closed` },
  { id: 'connect.custom-twice', says: `${CUSTOM}
    > 40/custom,
    ! closed` },
  { id: 'connect.array', says: `
    > 40[1]
    ! closed` },
  { id: 'connect.string', says: `
    > 40"x"
    ! closed` },
  { id: 'connect.null', says: `
    > 40null
    ! closed` },
  { id: 'connect.true', says: `
    > 40true
    ! closed` },
  { id: 'connect.cut-json', says: `
    > 40{"a":1
    ! closed` },
  { id: 'connect.garbage-behind', says: `
    > 40{"a":1}x
    ! closed` },
  { id: 'connect.error-from-a-client', says: `${JOIN}
    > 44{"message":"x"}
    ! closed` },
  { id: 'connect.first-is-an-event', says: `
    > 42["message",1]
    ! closed` },
  { id: 'connect.first-is-an-ack', says: `
    > 430[]
    ! closed` },
  { id: 'connect.first-is-a-disconnect', says: `
    > 41
    ! closed` },
  { id: 'connect.first-is-unknown', says: `
    > 4abc
    ! closed` },
  { id: 'connect.first-is-empty', says: `
    > 4
    ! closed` },
  { id: 'connect.event-behind-it', because: 'event-behind-connect', says: `
    > 40␞42["message",1]
    < 40{"sid":"*"}
    < 42["auth",{}]
    < 42["message-back",1]`, reference: `
    > 40␞42["message",1]
    ! closed` },
  { id: 'connect.other-namespace', says: `${JOIN}
    > 42/custom,["message",1]
    ! closed` },
  { id: 'connect.unknown-namespace-event', says: `${JOIN}
    > 42/random,["message",1]
    ! closed` },
])

const disconnect = dialogues(conformance, [
  { id: 'disconnect.last', says: `${JOIN}
    > 41` },
  { id: 'disconnect.custom', says: `${CUSTOM}
    > 41/custom,` },
  { id: 'disconnect.without-comma', says: `${CUSTOM}
    > 41/custom` },
  { id: 'disconnect.leaves-the-others', says: `${JOIN}${CUSTOM}
    > 41
    > 42/custom,["message",1]
    < 42/custom,["message-back",1]` },
  { id: 'disconnect.and-connect-again', says: `${JOIN}
    > 41
    ~${JOIN}
    > 42["message",1]
    < 42["message-back",1]` },
  { id: 'disconnect.and-connect-again-in-one', because: 'connect-behind-disconnect', says: `${JOIN}
    > 41␞40
    < 40{"sid":"*"}
    < 42["auth",{}]`, reference: `${JOIN}
    > 41␞40
    ! closed` },
  { id: 'disconnect.twice', says: `${JOIN}
    > 41
    ~
    > 41
    ! closed` },
  { id: 'disconnect.then-an-event', says: `${JOIN}
    > 41
    ~
    > 42["message",1]
    ! closed` },
  { id: 'disconnect.with-payload', says: `${JOIN}
    > 41{}
    ! closed` },
  { id: 'disconnect.of-one-not-joined', says: `${JOIN}
    > 41/custom,
    ! closed` },
  { id: 'disconnect.by-the-server', says: `${JOIN}
    > 42["disconnect-me"]
    < 41` },
  { id: 'disconnect.by-the-server-of-custom', says: `${CUSTOM}
    > 42/custom,["disconnect-me",false]
    < 41/custom,` },
  { id: 'disconnect.by-the-server-leaves-the-others', says: `${JOIN}${CUSTOM}
    > 42["disconnect-me"]
    < 41
    > 42/custom,["message",1]
    < 42/custom,["message-back",1]` },
  { id: 'disconnect.by-the-server-and-again', says: `${JOIN}
    > 42["disconnect-me"]
    < 41${JOIN}` },
  { id: 'disconnect.and-close', says: `${JOIN}
    > 42["disconnect-me",true]
    < 41
    ! closed` },
  { id: 'disconnect.and-close-all', says: `${JOIN}${CUSTOM}
    > 42["disconnect-me",true]
    < 41
    < 41/custom,
    ! closed` },
  { id: 'disconnect.twice-in-one', says: `${JOIN}
    > 41␞41` },
])

const ROUND = (args, back = args) => `${JOIN}
    > 42["message"${args}]
    < 42["message-back"${back}]`
const events = dialogues(conformance, [
  { id: 'event.no-arguments', says: ROUND('') },
  { id: 'event.json', says: ROUND(',1,"2",{"3":[true]},null,false,[],{}') },
  { id: 'event.utf8', says: ROUND(',"é表医🙂"') },
  { id: 'event.escapes', says: ROUND(',"\\"\\\\\\b\\f\\n\\r\\t"') },
  { id: 'event.control-escape', says: ROUND(',"\\u0001\\u0000"') },
  { id: 'event.lone-surrogate', says: ROUND(',"\\ud800"') },
  { id: 'event.keys-in-order', says: ROUND(',{"z":1,"a":2}') },
  { id: 'event.keys-of-a-prototype', says: ROUND(',{"__proto__":1,"constructor":2}') },
  { id: 'event.nul-in-a-key', says: ROUND(',{"a\\u0000b":1}') },
  { id: 'event.deep', says: ROUND(`,${'['.repeat(300)}${']'.repeat(300)}`) },
  { id: 'event.custom', says: `${CUSTOM}
    > 42/custom,["message","x"]
    < 42/custom,["message-back","x"]` },
  { id: 'event.main-by-name', says: `${JOIN}
    > 42/,["message","x"]
    < 42["message-back","x"]` },
  { id: 'event.unknown-name-is-ignored', says: `${JOIN}
    > 42["nobody listens",1]
    > 42["message",1]
    < 42["message-back",1]` },
  { id: 'event.number-as-name', says: `${JOIN}
    > 42[5,1]` },
  { id: 'event.empty-name', says: `${JOIN}
    > 42["",1]` },
  { id: 'event.name-of-a-prototype', says: `${JOIN}
    > 42["__proto__",1]␞42["toString"]␞42["hasOwnProperty"]` },
  { id: 'event.error-is-a-name', says: `${JOIN}
    > 42["error"]␞42["connection"]` },
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map((name) => ({
    id: `event.reserved-${name}`, says: `${JOIN}
    > 42["${name}"]
    ! closed` })),
  { id: 'event.reserved-when-escaped', says: `${JOIN}
    > 42["disc\\u006fnnect"]
    ! closed` },
  { id: 'event.name-escaped', says: `${JOIN}
    > 42["mess\\u0061ge",1]
    < 42["message-back",1]` },
  { id: 'event.several-in-one', says: `${JOIN}
    > 42["message",1]␞42["message",2]␞42["message",3]
    < 42["message-back",1]
    < 42["message-back",2]
    < 42["message-back",3]` },
  ...Object.entries({ 'empty-array': '[]', null: '[null]', object: '[{}]', true: '[true]', nested: '[["message"]]', 'no-array': '{"0":"message"}',
    string: '"message"', number: '-1.5', cut: '["message"', 'cut-string': '["mess', 'garbage-behind': '["message"]x', 'two-arrays': '["a"]["b"]',
    'single-quotes': "['message']", 'trailing-comma': '["message",]', 'leading-zero': '["message",01]', 'plus': '["message",+1]',
    'bare-word': '["message",x]', nan: '["message",NaN]', comment: '["message"/**/]', 'control-in-string': '["message","\t"]',
    'bad-escape': '["message","\\x41"]', 'bad-unicode': '["message","\\u00g0"]', 'dot': '["message",1.]', 'exponent': '["message",1e]' })
    .map(([id, json]) => ({ id: `event.broken-${id}`, says: `${JOIN}
    > 42${json}
    ! closed` })),
  { id: 'event.blanks-inside', says: `${JOIN}
    > 42[ "message" , 1 ]
    < 42["message-back",1]` },
  { id: 'event.blank-behind', says: `${JOIN}
    > 42["message",1]\u0020
    < 42["message-back",1]` },
  { id: 'event.no-payload', because: 'no-payload', says: `${JOIN}
    > 42
    ! closed`, reference: `${JOIN}
    > 42` },
  { id: 'event.no-payload-with-id', because: 'no-payload', says: `${JOIN}
    > 421
    ! closed`, reference: `${JOIN}
    > 421` },
  { id: 'event.unknown-type', says: `${JOIN}
    > 47["message"]
    ! closed` },
  { id: 'event.type-is-no-digit', says: `${JOIN}
    > 4 2["message"]
    ! closed` },
])

const ACK = (id, args = '') => `${JOIN}
    > 42${id}["message-with-ack"${args && `,${args}`}]
    < 43${id}[${args}]`
const acks = dialogues(conformance, [
  { id: 'ack', says: ACK(12, '1,"2",{"3":[false]}') },
  { id: 'ack.empty', says: ACK(456) },
  { id: 'ack.zero', says: ACK(0, '1') },
  { id: 'ack.largest', says: ACK('9007199254740991', '1') },
  { id: 'ack.custom', says: `${CUSTOM}
    > 42/custom,13["message-with-ack","x"]
    < 43/custom,13["x"]` },
  { id: 'ack.order', says: `${JOIN}
    > 422["message-with-ack",1]␞421["message-with-ack",2]␞422["message-with-ack",3]
    < 432[1]
    < 431[2]
    < 432[3]` },
  { id: 'ack.of-the-server', says: `${JOIN}
    > 42["emit-with-ack",1,"a"]
    < 42#1["server-ack",1,"a"]
    > 43#1["yes",{"b":2}]
    < 42["server-ack-result","yes",{"b":2}]` },
  { id: 'ack.of-the-server-counts', says: `${JOIN}
    > 42["emit-with-ack"]␞42["emit-with-ack"]
    < 42#1["server-ack"]
    < 42#2["server-ack"]
    > 43#2[1]
    < 42["server-ack-result",1]
    > 43#1[0]
    < 42["server-ack-result",0]` },
  { id: 'ack.of-the-server-empty', says: `${JOIN}
    > 42["emit-with-ack"]
    < 42#1["server-ack"]
    > 43#1[]
    < 42["server-ack-result"]` },
  { id: 'ack.twice-is-ignored', says: `${JOIN}
    > 42["emit-with-ack"]
    < 42#1["server-ack"]
    > 43#1[1]␞43#1[2]
    < 42["server-ack-result",1]` },
  { id: 'ack.unknown-is-ignored', says: `${JOIN}
    > 43999[1]` },
  { id: 'ack.of-another-namespace', says: `${JOIN}${CUSTOM}
    > 42["emit-with-ack"]
    < 42#1["server-ack"]
    > 43/custom,#1[1]
    > 43#1[2]
    < 42["server-ack-result",2]` },
  { id: 'ack.no-array', says: `${JOIN}
    > 430{}
    ! closed` },
  { id: 'ack.broken', says: `${JOIN}
    > 430[1
    ! closed` },
  { id: 'ack.no-payload', because: 'no-payload', says: `${JOIN}
    > 430
    ! closed`, reference: `${JOIN}
    > 430` },
  { id: 'ack.without-id', says: `${JOIN}
    > 43[1]` },
  { id: 'ack.negative', says: `${JOIN}
    > 42-1["message-with-ack"]
    ! closed` },
  { id: 'ack.fraction', says: `${JOIN}
    > 421.5["message-with-ack"]
    ! closed` },
])

const WRITTEN = 'arguments-as-written'
const written = dialogues(conformance, [
  { id: 'written.exact-integer', says: ROUND(',9007199254740991') },
  { id: 'written.big-integer', because: WRITTEN, says: ROUND(',12345678901234567890'), reference: ROUND(',12345678901234567890', ',12345678901234567000') },
  { id: 'written.past-64-bits', because: WRITTEN, says: ROUND(`,1${'0'.repeat(30)}`), reference: ROUND(`,1${'0'.repeat(30)}`, ',1e+30') },
  { id: 'written.past-a-double', because: WRITTEN, says: ROUND(',1e400'), reference: ROUND(',1e400', ',null') },
  { id: 'written.fraction', says: ROUND(',0.1,-1.5') },
  { id: 'written.whole-fraction', because: WRITTEN, says: ROUND(',1.0'), reference: ROUND(',1.0', ',1') },
  { id: 'written.minus-zero', because: WRITTEN, says: ROUND(',-0'), reference: ROUND(',-0', ',0') },
  { id: 'written.escaped-letter', because: WRITTEN, says: ROUND(',"\\u0041\\/"'), reference: ROUND(',"\\u0041\\/"', ',"A/"') },
  { id: 'written.pair-of-surrogates', because: WRITTEN, says: ROUND(',"\\ud83d\\ude42"'), reference: ROUND(',"\\ud83d\\ude42"', ',"🙂"') },
  { id: 'written.blanks', because: WRITTEN, says: ROUND(',{ "a" : [ ] }'), reference: ROUND(',{ "a" : [ ] }', ',{"a":[]}') },
  { id: 'written.doubled-key', because: WRITTEN, says: ROUND(',{"a":1,"a":2}'), reference: ROUND(',{"a":1,"a":2}', ',{"a":2}') },
  { id: 'written.number-keys', because: WRITTEN, says: ROUND(',{"2":1,"1":2}'), reference: ROUND(',{"2":1,"1":2}', ',{"1":2,"2":1}') },
  { id: 'ack.past-the-largest', because: 'digits-only', says: `${JOIN}
    > 429007199254740993["message-with-ack"]
    ! closed`, reference: `${JOIN}
    > 429007199254740993["message-with-ack"]
    < 439007199254740992[]` },
  { id: 'ack.of-many-digits', because: 'digits-only', says: `${JOIN}
    > 42${'1'.repeat(30)}["message-with-ack"]
    ! closed`, reference: `${JOIN}
    > 42${'1'.repeat(30)}["message-with-ack"]
    < 431.111111111111111e+29[]` },
  { id: 'ack.after-a-blank', because: 'digits-only', says: `${JOIN}
    > 42 ["message-with-ack"]
    ! closed`, reference: `${JOIN}
    > 42 ["message-with-ack"]
    < 430[]` },
  { id: 'ack.leading-zeros', says: `${JOIN}
    > 42007["message-with-ack"]
    < 437[]` },
])

export default [...written, ...connect, ...disconnect, ...events, ...acks]
