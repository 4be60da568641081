/* The appointments of the days of a doctor that are on the screen, and the requests he has not answered. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/agenda'
import { asApiError } from '@/api/error'
import type { Appointment } from '@/api/models'
import type { Load } from '@/utils/load'
import { isShown } from '@/utils/week'
import { instantText } from '@/utils/zone'

const REFRESH_MS = 300

interface Span {
  doctor: string
  from: string
  to: string
}

export const useAgendaStore = defineStore('agenda', () => {
  const byId = shallowRef(new Map<string, Appointment>())
  const load = ref<Load>({ kind: 'idle' })
  const doctor = ref('')
  let span: Span | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const all = computed(() => [...byId.value.values()].sort((a, b) => a.startAt.localeCompare(b.startAt)))
  const shown = computed(() => all.value.filter(isShown))
  const requests = computed(() => all.value.filter(({ status }) => status === 'requested'))

  /* An answer that was on its way while an event came is older than what is known. */
  function put(...items: Appointment[]) {
    const next = new Map(byId.value)
    for (const item of items) if ((next.get(item.id)?.version ?? -1) <= item.version) next.set(item.id, item)
    byId.value = next
  }

  async function listAll(wanted: Parameters<typeof api.listAgenda>[0]) {
    const items: Appointment[] = []
    let cursor: string | undefined
    do {
      const page = await api.listAgenda({ ...wanted, cursor })
      items.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    return items
  }

  function about(id: string) {
    if (doctor.value === id) return
    clear()
    doctor.value = id
  }

  async function run(task: () => Promise<Appointment[]>) {
    const wanted = doctor.value
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const items = await task()
      if (doctor.value !== wanted) return
      put(...items)
      load.value = { kind: 'ready' }
    } catch (error) {
      if (doctor.value === wanted) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  /* The days of a calendar. */
  function open(id: string, from: Date, to: Date) {
    about(id)
    const wanted = { doctor: id, from: instantText(from), to: instantText(to) }
    span = wanted
    return run(() => both(wanted))
  }

  async function both(wanted: Span) {
    const lists = [listAll(wanted), listAll({ doctor: wanted.doctor, status: 'requested' })]
    return (await Promise.all(lists)).flat()
  }

  function openRequests(id: string) {
    about(id)
    return run(() => listAll({ doctor: id, status: 'requested' }))
  }

  /* Something of that doctor is new: staff are told no more than that. */
  function refreshSoon(id: string) {
    if (id !== doctor.value) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const wanted = span
      void (wanted ? run(() => both(wanted)) : openRequests(id))
    }, REFRESH_MS)
  }

  function changed(appointment: Appointment) {
    if (appointment.doctor.id === doctor.value) put(appointment)
  }

  async function step(one: Pick<Appointment, 'id'> & { version?: number }, what: api.Step, reason?: string) {
    put((await api.takeStep(one.id, what, one.version, reason)).appointment)
  }

  /* The one that was moved is over; the new one keeps its series. */
  async function move(one: Appointment, startAt: Date, overbook: boolean, key: string) {
    const body = { startAt: instantText(startAt), ...(overbook ? { overbook } : {}) }
    const { appointment } = await api.moveAppointment(one.id, one.version, body, key)
    put({ ...one, status: 'rescheduled', version: one.version + 1 }, appointment)
    return appointment
  }

  function clear() {
    clearTimeout(timer)
    span = null
    doctor.value = ''
    byId.value = new Map()
    load.value = { kind: 'idle' }
  }

  return { load, all, shown, requests, open, openRequests, refreshSoon, changed, step, move, clear }
})
