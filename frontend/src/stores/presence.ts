/* Who takes part in an open consult: who is there, and how far each has got. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import type { Participant } from '@/api/models'
import { useConsultsStore } from '@/stores/consults'
import { useReceiptsStore } from '@/stores/receipts'
import { useSessionStore } from '@/stores/session'

export const usePresenceStore = defineStore('presence', () => {
  const session = useSessionStore()
  const consults = useConsultsStore()
  const receipts = useReceiptsStore()
  const byConsult = shallowReactive(new Map<string, Participant[]>())

  function of(consult: string): Participant[] {
    return byConsult.get(consult) ?? []
  }

  /* seqs only grow: an answer may be older than an event that overtook it. */
  function set(consult: string, participants: Participant[]) {
    const known = new Map(of(consult).map((participant) => [participant.id, participant]))
    byConsult.set(
      consult,
      participants.map((participant) => ({
        ...participant,
        lastReadSeq: Math.max(participant.lastReadSeq, known.get(participant.id)?.lastReadSeq ?? 0),
        lastDeliveredSeq: Math.max(
          participant.lastDeliveredSeq,
          known.get(participant.id)?.lastDeliveredSeq ?? 0,
        ),
      })),
    )
  }

  function change(consult: string, user: string, part: (known: Participant) => Partial<Participant>) {
    const changed = of(consult).map((known) => (known.id === user ? { ...known, ...part(known) } : known))
    byConsult.set(consult, changed)
  }

  function readBy(consult: string, user: string, seq: number) {
    change(consult, user, (known) => ({
      lastReadSeq: Math.max(known.lastReadSeq, seq),
      lastDeliveredSeq: Math.max(known.lastDeliveredSeq, seq),
    }))
    if (user === session.user?.id) consults.read(consult, seq)
  }

  function deliveredTo(consult: string, user: string, seq: number) {
    change(consult, user, (known) => ({ lastDeliveredSeq: Math.max(known.lastDeliveredSeq, seq) }))
  }

  function isOnline(consult: string, user: string, online: boolean) {
    change(consult, user, () => ({ online }))
  }

  /* I have seen everything up to seq. */
  function markRead(consult: string, seq: number) {
    const me = session.user?.id
    if (!me) return
    readBy(consult, me, seq)
    receipts.read(consult, seq)
  }

  function clear() {
    byConsult.clear()
  }

  return { of, set, readBy, deliveredTo, isOnline, markRead, clear }
})
