// peer.mjs - the contract of examples/conformance.c, as far as the rows go, on the reference: socket.io over ws.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, {
  pingInterval: 25000, pingTimeout: 20000, maxHttpBufferSize: 1_000_000, perMessageDeflate: false, httpCompression: false,
  serveClient: false,
})

io.on('connection', (socket) => {
  socket.emit('auth', socket.handshake.auth)
  socket.on('message', (...args) => socket.emit('message-back', ...args))
  socket.on('message-with-ack', (...args) => args.pop()(...args))
  socket.on('join', (room, done) => { socket.join(room); done() })
  socket.on('to-room', (room, event, ...args) => socket.to(room).emit(event, ...args))
})
http.listen(Number(process.argv[2]), '127.0.0.1')
