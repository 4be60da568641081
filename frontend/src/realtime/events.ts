/* The realtime contract, in one place. */
import type {
  Appointment,
  Call,
  CallJoined,
  CallMedia,
  CallSignal,
  CallUser,
  CanvasOp,
  CanvasState,
  Consult,
  ErrorCode,
  Message,
  MessageReceipt,
  Notification,
  Participant,
  Prescription,
  QueueChange,
  Recalled,
  TransferChange,
} from '@/api/models'

export interface ServerToClient {
  'message:new': (body: Message) => void
  'message:recalled': (body: Recalled) => void
  'message:read': (body: { consult: string; user: string; seq: number }) => void
  'message:delivered': (body: { consult: string; user: string; seq: number }) => void
  typing: (body: { consult: string; user: string; on: boolean }) => void
  'presence:changed': (body: { consult: string; user: string; online: boolean }) => void
  'unread:changed': (body: { consult: string; lastSeq: number; unread: number }) => void
  'consult:changed': (body: { consult: Consult }) => void
  'consult:transfer': (body: TransferChange) => void
  'prescription:changed': (body: { prescription: Prescription }) => void
  'appointment:changed': (body: { appointment: Appointment }) => void
  'result:signed': (body: { consult: string; version: number }) => void
  'result:acknowledged': (body: { consult: string; version: number; at: string }) => void
  'queue:changed': (body: QueueChange) => void
  'notification:new': (body: { notification: Notification; unread: number }) => void
  'notification:read': (body: { unread: number }) => void
  'call:invite': (body: { consult: string; call: Call; from: CallUser }) => void
  'call:accept': (body: { consult: string; call: Call }) => void
  'call:decline': (body: { consult: string; call: Call }) => void
  'call:leave': (body: { consult: string; call: Call }) => void
  'call:answered-elsewhere': (body: {
    consult: string
    call: string
    reason: 'accepted' | 'declined' | 'moved'
  }) => void
  'call:signal': (body: CallSignal) => void
  'board:op': (body: { consult: string; by: string; ops: CanvasOp[] }) => void
  'board:lock': (body: { consult: string; on: boolean; by: string }) => void
  'board:cursor': (body: { consult: string; user: string; x: number; y: number; on: boolean }) => void
}

/* Events with an answer: what is asked, and what comes back when it went well. */
export interface Questions {
  'auth:renew': { body: { token: string }; answer: object }
  'consult:join': {
    body: { consult: string; after?: number }
    answer: {
      consult: Consult
      participants: Participant[]
      messages: Message[]
      more: boolean
      lastSeq: number
      now: string
    }
  }
  'consult:leave': { body: { consult: string }; answer: object }
  'message:send': {
    body: { consult: string; clientId: string; replyTo?: string | undefined } & (
      { kind: 'text'; text: string } | { kind: 'image' | 'voice' | 'file'; file: string }
    )
    answer: { message: MessageReceipt }
  }
  'message:recall': { body: { consult: string; message: string }; answer: Recalled }
  'message:read': { body: { consult: string; seq: number }; answer: object }
  'message:delivered': { body: { consult: string; seq: number }; answer: object }
  'call:invite': { body: { consult: string; media: CallMedia; device: string }; answer: CallJoined }
  'call:accept': { body: { consult: string; call?: string | undefined; device: string }; answer: CallJoined }
  'call:decline': { body: { consult: string; call: string }; answer: object }
  'call:leave': { body: { consult: string; call: string }; answer: object }
  'call:report': { body: CallReport; answer: object }
  'board:join': { body: { consult: string; after?: number }; answer: CanvasState }
  'board:op': { body: { consult: string; ops: CanvasOp[] }; answer: { ops: { id: string; seq: number }[] } }
  'board:lock': { body: { consult: string; on: boolean }; answer: object }
}

/* For the log of calls. */
export interface CallReport {
  consult: string
  call: string
  leg: string
  state: 'connected' | 'reconnecting' | 'failed'
  setupMs?: number
  candidateType?: string
  loss?: number
  rttMs?: number
  media?: CallMedia
}

/* Events without an answer: lost when there is no connection, and nobody minds. */
export interface Remarks {
  typing: { consult: string; on: boolean }
  'call:signal': CallSignal
  'board:cursor': { consult: string; x: number; y: number; on: boolean }
}

export type Answer<T> =
  ({ ok: true } & T) | { ok: false; error: { code: ErrorCode; message?: string; requestId?: string; why?: string } }

export type ClientToServer = {
  [E in keyof Questions]: (
    body: Questions[E]['body'],
    ack: (answer: Answer<Questions[E]['answer']>) => void,
  ) => void
} & { [E in keyof Remarks]: (body: Remarks[E]) => void }
