/* The only io(). Who may speak and when to come back is decided by the link store. */
import { io, type Socket } from 'socket.io-client'
import { ApiError } from '@/api/error'
import type { Answer, ClientToServer, Questions, Remarks, ServerToClient } from '@/realtime/events'

export type AppSocket = Socket<ServerToClient, ClientToServer>

const ANSWER_MS = 6_000

let socket: AppSocket | null = null

/* The one socket of this page. It connects when told; `token` is asked anew for each connection. */
export function theSocket(token: () => string | null = () => null): AppSocket {
  socket ??= io({
    autoConnect: false,
    path: '/socket.io/',
    // Polling first reaches through every proxy; once a WebSocket worked, reconnects begin with it.
    rememberUpgrade: true,
    auth: (give) => give({ token: token() }),
    reconnectionDelay: 400,
    reconnectionDelayMax: 4_000,
    timeout: 10_000,
  })
  return socket
}

/* Asks and waits for the answer; rejects with an ApiError. Never queued: what must survive a gap is in the
   outbox. */
export async function ask<E extends keyof Questions>(
  event: E,
  body: Questions[E]['body'],
): Promise<Questions[E]['answer']> {
  if (!socket?.connected) throw new ApiError('network')

  // The library's types lose the tie between an event and its answer in a generic function.
  const plain = socket.timeout(ANSWER_MS) as unknown as {
    emitWithAck(event: string, body: unknown): Promise<Answer<Questions[E]['answer']>>
  }
  const answer = await plain.emitWithAck(event, body).catch(() => {
    throw new ApiError(socket?.connected ? 'timeout' : 'network')
  })
  if (answer.ok) return answer
  const { code, requestId, why } = answer.error
  throw new ApiError(code, 0, requestId, undefined, [], why)
}

/* Says it if somebody listens now. What is `prompt` also waits for the transport, in its order. */
export function tell<E extends keyof Remarks>(event: E, body: Remarks[E], prompt = false) {
  const plain = (prompt ? socket : socket?.volatile) as unknown as { emit(event: string, body: unknown): void } | undefined
  if (socket?.connected) plain?.emit(event, body)
}
