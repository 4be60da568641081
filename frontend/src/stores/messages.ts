/* The messages of the consults that are open on the page. One path for opening, gaps and reconnects: join
   with {after}. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asApiError, isTransient } from '@/api/error'
import type { Message, Recalled } from '@/api/models'
import { listMessagesBefore } from '@/api/messages'
import { ask } from '@/realtime/socket'
import { useClockStore } from '@/stores/clock'
import { useConsultsStore } from '@/stores/consults'
import { usePresenceStore } from '@/stores/presence'
import { useReceiptsStore } from '@/stores/receipts'
import { useSessionStore } from '@/stores/session'
import type { Load } from '@/utils/load'
import { lastContiguousSeq, mergeMessages, settledSeq, tombstone } from '@/utils/messages'

export interface Room {
  messages: Message[]
  load: Load
  older: Load
  /* How many of the page's parts have it open. */
  holders: number
  joining: boolean
  /* Since when it hears of nothing; what is younger may have been recalled meanwhile. */
  deafSince: number | null
  /* Nothing was missing when it was last asked for since the opening. */
  fresh: boolean
}

const RETRY_MS = 3_000

function newRoom(): Room {
  return shallowReactive<Room>({
    messages: [],
    load: { kind: 'loading' },
    older: { kind: 'idle' },
    holders: 0,
    joining: false,
    deafSince: null,
    fresh: false,
  })
}

export const useMessagesStore = defineStore('messages', () => {
  const clock = useClockStore()
  const session = useSessionStore()
  const consults = useConsultsStore()
  const presence = usePresenceStore()
  const receipts = useReceiptsStore()
  const rooms = shallowReactive(new Map<string, Room>())

  function room(consult: string) {
    return rooms.get(consult)
  }

  function open(consult: string) {
    const opened = rooms.get(consult) ?? newRoom()
    rooms.set(consult, opened)
    if (opened.holders++ === 0) opened.fresh = false
    void join(consult)
  }

  /* What was read stays in memory, so that coming back shows it at once. */
  function close(consult: string) {
    const closed = rooms.get(consult)
    if (!closed || --closed.holders > 0) return
    ask('consult:leave', { consult }).catch(() => undefined)
  }

  /* Asks for what came after the last seq without a gap before it, until there is no more. */
  async function join(consult: string) {
    const joined = rooms.get(consult)
    if (!joined || joined.joining || joined.holders === 0) return

    joined.joining = true
    try {
      while (joined.holders > 0 && !(await joinOnce(consult, joined)));
      joined.load = { kind: 'ready' }
      joined.fresh = true
    } catch (error) {
      // While the link is down the wait goes on: the reconnect comes back here.
      const failure = asApiError(error)
      const waiting = failure.code === 'network' || failure.code === 'timeout'
      if (joined.load.kind !== 'ready')
        joined.load = waiting ? { kind: 'loading' } : { kind: 'failed', error: failure }
      if (failure.code !== 'network' && isTransient(failure)) setTimeout(() => void join(consult), RETRY_MS)
    } finally {
      joined.joining = false
    }
  }

  /* True when nothing is missing any more. */
  async function joinOnce(consult: string, joined: Room): Promise<boolean> {
    const { deafSince, messages: before } = joined
    const known = deafSince === null ? lastContiguousSeq(before) : settledSeq(before, deafSince)
    const answer = await ask('consult:join', known > 0 ? { consult, after: known } : { consult })

    presence.set(consult, answer.participants)
    consults.changed(answer.consult)
    joined.deafSince = null
    take(joined, answer.messages)
    const now = lastContiguousSeq(joined.messages)
    return now >= answer.lastSeq || (now === known && deafSince === null)
  }

  function take(taker: Room, messages: Message[]) {
    if (messages.length === 0) return
    taker.messages = mergeMessages(taker.messages, messages)
    const last = taker.messages.at(-1)
    if (!last) return
    consults.received(last)
    if (messages.some((message) => message.sender.id !== session.user?.id))
      receipts.delivered(last.consult, last.seq)
  }

  function received(message: Message) {
    const receiver = rooms.get(message.consult)
    if (!receiver || receiver.holders === 0) return consults.received(message)
    take(receiver, [message])
    const last = receiver.messages.at(-1)
    if (last && lastContiguousSeq(receiver.messages) < last.seq) void join(message.consult)
  }

  function recalled(what: Recalled) {
    const { consult, seq, recalledAt } = what
    consults.recalled(what)
    const known = rooms.get(consult)
    if (known)
      known.messages = known.messages.map((one) => (one.seq === seq ? tombstone(one, recalledAt) : one))
  }

  async function recall({ consult, id }: Message) {
    recalled(await ask('message:recall', { consult, message: id }))
  }

  /* The connection is gone. */
  function lost() {
    for (const known of rooms.values()) known.deafSince ??= clock.now()
  }

  async function loadOlder(consult: string) {
    const loader = rooms.get(consult)
    const first = loader?.messages[0]
    if (!loader || !first || first.seq <= 1 || loader.older.kind === 'loading') return

    loader.older = { kind: 'loading' }
    try {
      loader.messages = mergeMessages(loader.messages, (await listMessagesBefore(consult, first.seq)).items)
      loader.older = { kind: 'ready' }
    } catch (error) {
      loader.older = { kind: 'failed', error: asApiError(error) }
    }
  }

  function rejoin() {
    for (const [consult, { holders }] of rooms) if (holders > 0) void join(consult)
  }

  function clear() {
    rooms.clear()
  }

  return { room, open, close, join, received, recalled, recall, lost, loadOlder, rejoin, clear }
})
