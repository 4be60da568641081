/* Prescriptions: what a pharmacist has before him, and those that conversations and results show. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/prescriptions'
import { asApiError } from '@/api/error'
import type { Prescription, PrescriptionState } from '@/api/models'
import { useSessionStore } from '@/stores/session'
import type { Load } from '@/utils/load'

export const usePrescriptionsStore = defineStore('prescriptions', () => {
  const session = useSessionStore()
  const byId = shallowRef(new Map<string, Prescription>())
  /* Of the list: in which order, which state, and where it goes on. */
  const order = shallowRef<string[]>([])
  const state = ref<PrescriptionState>('in_review')
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)

  const list = computed(() => order.value.flatMap((id) => byId.value.get(id) ?? []))

  /* What was asked for singly knows more (its checks) than what a list or an event tells. */
  function put(all: Prescription[]) {
    byId.value = new Map([
      ...byId.value,
      ...all.map((one) => [one.id, { ...byId.value.get(one.id), ...one }] as const),
    ])
  }

  async function open(wanted: PrescriptionState) {
    const first = load.value.kind !== 'ready' || state.value !== wanted
    state.value = wanted
    if (first) load.value = { kind: 'loading' }
    try {
      const page = await api.listPrescriptions({ state: wanted })
      if (state.value !== wanted) return
      put(page.items)
      order.value = page.items.map(({ id }) => id)
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (first && state.value === wanted) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    const wanted = state.value
    if (!nextCursor.value) return
    const page = await api.listPrescriptions({ state: wanted, cursor: nextCursor.value })
    if (state.value !== wanted) return
    put(page.items)
    order.value = [...order.value, ...page.items.map(({ id }) => id)]
    nextCursor.value = page.nextCursor
  }

  /* What leaves the list's state leaves the list; what comes new waits at its end. */
  function changed(one: Prescription) {
    put([one])
    if (load.value.kind !== 'ready') return
    const rest = order.value.filter((id) => id !== one.id)
    if (one.state !== state.value) order.value = rest
    else if (rest.length === order.value.length && state.value === 'in_review') order.value = [...rest, one.id]
  }

  async function look(id: string) {
    put([(await api.getPrescription(id)).prescription])
  }

  /* After a connection was lost: events were missed. */
  async function refresh() {
    if (session.user?.role === 'pharmacist' && load.value.kind === 'ready') await open(state.value)
  }

  async function keep(answer: ReturnType<typeof api.getPrescription>) {
    changed((await answer).prescription)
  }

  function clear() {
    byId.value = new Map()
    order.value = []
    load.value = { kind: 'idle' }
    nextCursor.value = null
  }

  return {
    byId,
    list,
    load,
    nextCursor,
    open,
    more,
    changed,
    look,
    refresh,
    clear,
    find: async (q: string) => (await api.findDrugs(q)).items,
    check: api.checkPrescription,
    approve: (id: string, password: string) => keep(api.approvePrescription(id, password)),
    reject: (id: string, reason: string) => keep(api.rejectPrescription(id, reason)),
    dispense: (id: string) => keep(api.dispensePrescription(id)),
    cancel: (id: string, reason: string) => keep(api.cancelPrescription(id, reason)),
  }
})
