/* Whose day and hours are on the screen: a doctor's own, or for the clinic's staff the doctor they chose. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import { getDoctor, listDoctors, listServices, setDoctor } from '@/api/doctors'
import type { Doctor, DoctorProfile, Service } from '@/api/models'
import { verifyPatient } from '@/api/clinic'
import { explainSlot } from '@/api/schedule'
import { localRead, localWrite } from '@/storage/local'
import { useSessionStore } from '@/stores/session'
import type { Load } from '@/utils/load'

const KEY = 'desk.doctor'

export const useDeskStore = defineStore('desk', () => {
  const session = useSessionStore()
  const doctor = shallowRef<DoctorProfile | null>(null)
  const services = shallowRef<Service[]>([])
  const choices = shallowRef<Doctor[]>([])
  const load = ref<Load>({ kind: 'idle' })

  const own = computed(() => session.user?.role === 'doctor')

  async function listChoices() {
    const all: Doctor[] = []
    let cursor: string | undefined
    do {
      const page = await listDoctors({}, cursor)
      all.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    choices.value = all.filter(({ clinic }) => clinic.id === session.user?.clinic?.id)
  }

  function wanted(): string | undefined {
    if (own.value) return session.user?.id
    const before = localRead(KEY)
    return choices.value.find(({ id }) => id === before)?.id ?? choices.value[0]?.id
  }

  async function get(id: string) {
    const [answer, offered] = await Promise.all([getDoctor(id), listServices(id)])
    services.value = offered.items
    doctor.value = answer.doctor
  }

  async function run(task: () => Promise<void>) {
    load.value = { kind: 'loading' }
    try {
      await task()
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function open() {
    if (load.value.kind === 'ready' || load.value.kind === 'loading') return
    return run(async () => {
      if (!own.value) await listChoices()
      const id = wanted()
      if (id) await get(id)
    })
  }

  function choose(id: string) {
    localWrite(KEY, id)
    return run(() => get(id))
  }

  function why(service: string, at: string) {
    return explainSlot(doctor.value?.id ?? '', service, at)
  }

  /* Those of the clinic beside the reader. */
  const others = computed(() => choices.value.filter(({ id }) => id !== session.user?.id))

  async function listOthers() {
    if (choices.value.length === 0) await listChoices()
  }

  async function setProfile(body: Parameters<typeof setDoctor>[1]) {
    doctor.value = (await setDoctor(doctor.value?.id ?? '', body)).doctor
  }

  async function verify(patient: string, evidence: string, realName: string) {
    return (await verifyPatient(patient, { evidence, ...(realName && { realName }) })).patient
  }

  /* Who else of the clinic offers that service. */
  async function colleagues(service: string): Promise<Doctor[]> {
    if (choices.value.length === 0) await listChoices()
    const others = choices.value.filter(({ id }) => id !== doctor.value?.id)
    const offers = await Promise.all(others.map(({ id }) => listServices(id)))
    return others.filter((_, at) => offers[at]?.items.some(({ id }) => id === service))
  }

  function clear() {
    doctor.value = null
    services.value = []
    choices.value = []
    load.value = { kind: 'idle' }
  }

  return { doctor, services, choices, load, own, open, choose, why, setProfile, verify, colleagues, others, listOthers, clear }
})
