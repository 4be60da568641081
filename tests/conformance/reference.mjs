// reference.mjs - the reference implementation under the contract of docs/protocol.md:
//   node reference.mjs conformance|echo [the flags of build/examples/conformance and echo]
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { Server as Engine } from 'engine.io'
import { Server } from 'socket.io'
import msgpack from 'socket.io-msgpack-parser'
import { WebSocketServer } from 'ws'

const { positionals: [program], values: flags } = parseArgs({ allowPositionals: true, options: {
  port: { type: 'string', default: '3000' }, host: { type: 'string', default: '127.0.0.1' },
  'ping-interval': { type: 'string', default: '300' }, 'ping-timeout': { type: 'string', default: '200' },
  'upgrade-timeout': { type: 'string' }, 'connect-timeout': { type: 'string', default: '1000' },
  'max-payload': { type: 'string', default: '1000000' }, 'no-deflate': { type: 'boolean', default: false },
  parser: { type: 'string', default: 'json' }, recovery: { type: 'string', default: '0' },
} })

const http = createServer((request, response) => response.writeHead(404).end())
const options = {
  path: program === 'echo' ? '/engine.io/' : '/socket.io/', destroyUpgrade: false, serveClient: false,
  pingInterval: Number(flags['ping-interval']), pingTimeout: Number(flags['ping-timeout']),
  upgradeTimeout: Number(flags['upgrade-timeout'] ?? (program === 'echo' ? 10_000 : 1000)),
  connectTimeout: Number(flags['connect-timeout']), maxHttpBufferSize: Number(flags['max-payload']),
  perMessageDeflate: flags['no-deflate'] ? false : {}, cors: { origin: '*' },
  parser: flags.parser === 'msgpack' ? msgpack : undefined,
  connectionStateRecovery: Number(flags.recovery) > 0 ? { maxDisconnectionDuration: Number(flags.recovery) } : undefined,
}

function conformance() {
  const io = new Server(http, { ...options,
    allowRequest: (request, answer) => answer(null, new URL(request.url, 'http://_').searchParams.get('deny') !== '1') })

  function welcome(socket) {
    socket.emit('auth', socket.handshake.auth)
    socket.on('message', (...args) => socket.emit('message-back', ...args))
    socket.on('message-with-ack', (...args) => args.pop()(...args))
    socket.on('join', (room, answer) => { socket.join(room); answer() })
    socket.on('leave', (room, answer) => { socket.leave(room); answer() })
    socket.on('to-room', (room, event, ...args) => socket.to(room).emit(event, ...args))
    socket.on('broadcast', (event, ...args) => socket.broadcast.emit(event, ...args))
    socket.on('emit-with-ack', (...args) =>
      socket.emit('server-ack', ...args, (...back) => socket.emit('server-ack-result', ...back)))
    socket.on('disconnect-me', (close) => socket.disconnect(close === true))
  }
  io.on('connection', welcome)
  io.of('/custom').on('connection', welcome)
  io.of('/refused').use((socket, next) => next(Object.assign(new Error('refused'), { data: { code: 403 } })))
}

function echo() {
  const engine = new Engine(options)
  const plain = new WebSocketServer({ noServer: true, maxPayload: 64 << 20, maxFragments: 0, maxBufferedChunks: 0,
    perMessageDeflate: options.perMessageDeflate })

  engine.attach(http, options)
  engine.on('connection', (session) => session.on('data', (data) => session.send(data)))
  http.on('upgrade', (request, socket, head) => {
    if (request.url.startsWith('/engine.io/')) return
    plain.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => {})
      connection.on('message', (data, isBinary) => connection.send(data, { binary: isBinary }))
    })
  })
}

({ conformance, echo })[program]()
http.listen(Number(flags.port), flags.host)
