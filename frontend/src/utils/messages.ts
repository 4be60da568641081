/* Lists of messages: ascending by seq, each once. seq has no gap within a consult, so a gap means something
   is missing. */
import type { Message, Participant } from '@/api/models'

const RECALL_MS = 120_000

export type Tick = 'saved' | 'delivered' | 'read'

/* The same seq twice: the newer copy stays (it may have been recalled). */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const last = known.at(-1)
  const next = incoming[0]
  if (incoming.length === 1 && next && (!last || next.seq > last.seq)) return [...known, next]

  const bySeq = new Map(known.map((message) => [message.seq, message]))
  for (const message of incoming) bySeq.set(message.seq, message)
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/* The last seq before the first gap; what comes after it must be asked for. 0: nothing is known. */
export function lastContiguousSeq(messages: readonly Message[]): number {
  let last = messages[0]?.seq ?? 0
  for (const message of messages.slice(1)) {
    if (message.seq !== last + 1) break
    last = message.seq
  }
  return last
}

/* The last seq of what is so old at `time` that it cannot be recalled after it. */
export function settledSeq(messages: readonly Message[], time: number): number {
  const last = lastContiguousSeq(messages)
  return messages.findLast((message) => message.seq <= last && recallLeftMs(message, time) === 0)?.seq ?? 0
}

/* How long what one said can still be taken back; the server has the last word. */
export function recallLeftMs({ sentAt, recalledAt }: Message, now: number): number {
  return recalledAt ? 0 : Math.max(0, Date.parse(sentAt) + RECALL_MS - now)
}

/* What stays of a message that was taken back. */
export function tombstone(message: Message, recalledAt: string): Message {
  const left: Message = { ...message, recalledAt }
  delete left.text
  delete left.file
  delete left.card
  return left
}

/* How far a message of mine got: as far as with the best of the others. */
export function tickOf(seq: number, others: readonly Participant[]): Tick {
  if (others.some((other) => other.lastReadSeq >= seq)) return 'read'
  if (others.some((other) => other.lastDeliveredSeq >= seq)) return 'delivered'
  return 'saved'
}

/* The first message of somebody else after the last one I read: the divider stands before it. */
export function firstUnreadSeq(messages: readonly Message[], lastReadSeq: number, me: string): number | null {
  return messages.find((message) => message.seq > lastReadSeq && message.sender.id !== me)?.seq ?? null
}

export function unreadCount(messages: readonly Message[], lastReadSeq: number, me: string): number {
  return messages.filter((message) => message.seq > lastReadSeq && message.sender.id !== me).length
}
