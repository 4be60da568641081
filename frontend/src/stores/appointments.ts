/* The reader's appointments: what is ahead, what was, and what can be done with them. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/appointments'
import { asApiError } from '@/api/error'
import type { Appointment, AppointmentChange } from '@/api/models'
import { useClockStore } from '@/stores/clock'
import { byStart, isAhead } from '@/utils/appointments'
import type { Load } from '@/utils/load'
import { instant } from '@/utils/time'

const PAGES_MAX = 5
const YEAR_MS = 366 * 86_400_000

export const useAppointmentsStore = defineStore('appointments', () => {
  const clock = useClockStore()
  const byId = shallowRef(new Map<string, Appointment>())
  const histories = shallowRef(new Map<string, AppointmentChange[]>())
  const load = ref<Load>({ kind: 'idle' })
  const pastLoad = ref<Load>({ kind: 'idle' })

  const all = computed(() => [...byId.value.values()].sort(byStart))
  const ahead = computed(() => all.value.filter(isAhead))
  const past = computed(() => all.value.filter((one) => !isAhead(one)).reverse())

  function get(appointment: string) {
    return byId.value.get(appointment)
  }

  /* An answer that was on its way while an event came is older than what is known. */
  function put(...items: Appointment[]) {
    const next = new Map(byId.value)
    for (const item of items) if ((next.get(item.id)?.version ?? -1) <= item.version) next.set(item.id, item)
    byId.value = next
  }

  async function fetchAll(query: { from?: string; to?: string }) {
    let cursor: string | undefined
    for (let page = 0; page < PAGES_MAX; page++) {
      const answer = await api.listAppointments({ ...query, cursor, limit: 100 })
      put(...answer.items)
      if (!answer.nextCursor) return
      cursor = answer.nextCursor
    }
  }

  async function fill(state: typeof load, query: { from?: string; to?: string }) {
    if (state.value.kind !== 'ready') state.value = { kind: 'loading' }
    try {
      await fetchAll(query)
      state.value = { kind: 'ready' }
    } catch (error) {
      if (state.value.kind !== 'ready') state.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function refresh() {
    return fill(load, {})
  }

  function refreshPast() {
    const now = clock.now()
    return fill(pastLoad, {
      from: instant(now - 2 * YEAR_MS),
      to: instant(now),
    })
  }

  /* With its history. */
  async function open(appointment: string) {
    const answer = await api.getAppointment(appointment)
    put(answer.appointment)
    histories.value = new Map(histories.value).set(appointment, answer.history)
  }

  async function keep(answer: Promise<{ appointment: Appointment }>) {
    const { appointment } = await answer
    put(appointment)
    return appointment
  }

  function changed(appointment: Appointment) {
    put(appointment)
    if (histories.value.has(appointment.id)) void open(appointment.id).catch(() => undefined)
  }

  function clear() {
    byId.value = new Map()
    histories.value = new Map()
    load.value = { kind: 'idle' }
    pastLoad.value = { kind: 'idle' }
  }

  return {
    all,
    ahead,
    past,
    load,
    pastLoad,
    get,
    history: (appointment: string) => histories.value.get(appointment) ?? [],
    refresh,
    refreshPast,
    open,
    changed,
    book: (body: Parameters<typeof api.bookAppointment>[0], key: string) =>
      keep(api.bookAppointment(body, key)),
    confirm: (one: Appointment) => keep(api.confirmAppointment(one.id, one.version)),
    checkIn: (one: Appointment) => keep(api.checkIn(one.id, one.version)),
    cancellation: api.getCancellation,
    cancel: (one: Appointment, reason?: string) =>
      keep(api.cancelAppointment(one.id, one.version, reason ? { reason } : {})),
    reschedule: (one: Appointment, startAt: string, key: string) =>
      keep(api.rescheduleAppointment(one.id, one.version, startAt, key)),
    dispute: (one: Appointment, reason: string) => keep(api.disputeNoShow(one.id, one.version, reason)),
    decide: (one: Appointment, decision: 'waived' | 'kept', note: string) =>
      keep(api.decideDispute(one.id, one.version, { decision, ...(note && { note }) })),
    payment: api.getPayment,
    openPayment: api.openPayment,
    clear,
  }
})
