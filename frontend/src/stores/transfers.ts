/* Consults that colleagues hand over: what is offered to me, and what I offer. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import * as api from '@/api/consults'
import type { Transfer, TransferChange } from '@/api/models'
import { useSessionStore } from '@/stores/session'

export const useTransfersStore = defineStore('transfers', () => {
  const session = useSessionStore()
  /* Null: there was one. */
  const byConsult = shallowRef(new Map<string, Transfer | null>())
  /* The last that ended, for who offered it. */
  const ended = shallowRef<TransferChange | null>(null)

  const offers = computed(() =>
    [...byConsult.value].flatMap(([consult, transfer]) =>
      transfer?.doctor.id === session.user?.id && transfer ? [{ consult, transfer }] : [],
    ),
  )

  function put(consult: string, transfer: Transfer | null) {
    byConsult.value = new Map(byConsult.value).set(consult, transfer)
  }

  async function refresh() {
    if (session.user?.role !== 'doctor') return
    const { items } = await api.listTransfers()
    byConsult.value = new Map([
      ...[...byConsult.value].filter(([, transfer]) => transfer?.from.id === session.user?.id),
      ...items.map(({ consult, transfer }) => [consult, transfer] as const),
    ])
  }

  function changed(change: TransferChange) {
    const { consult, transfer } = change
    if (!transfer && byConsult.value.get(consult)?.from.id === session.user?.id) ended.value = change
    put(consult, transfer)
  }

  /* Of a consult of mine: as it was told last, or as the consult has it. */
  function of(consult: string): Transfer | null {
    return byConsult.value.get(consult) ?? null
  }

  /* After a reload: lists do not have it. */
  async function look(consult: string) {
    if (byConsult.value.has(consult)) return
    const { transfer } = (await api.getConsult(consult)).consult
    if (!byConsult.value.has(consult)) put(consult, transfer ?? null)
  }

  async function keep(consult: string, answer: Promise<{ consult: { transfer?: Transfer } }>) {
    put(consult, (await answer).consult.transfer ?? null)
  }

  function clear() {
    byConsult.value = new Map()
    ended.value = null
  }

  return {
    offers,
    ended,
    refresh,
    changed,
    of,
    look,
    clear,
    offer: (consult: string, doctor: string, reason: string) =>
      keep(consult, api.offerTransfer(consult, doctor, reason)),
    withdraw: (consult: string) => keep(consult, api.withdrawTransfer(consult)),
    accept: (consult: string) => keep(consult, api.acceptTransfer(consult)),
    decline: async (consult: string, reason: string) => {
      await api.declineTransfer(consult, reason)
      put(consult, null)
    },
  }
})
