/* The doctors of the clinic at a glance: who is in, how many wait, who is next. Read once, then what is pushed. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { getBoard } from '@/api/board'
import { asApiError } from '@/api/error'
import { glance, type Glance } from '@/utils/board'
import type { Load } from '@/utils/load'

const REFRESH_MS = 300

export const useOverviewStore = defineStore('overview', () => {
  const byDoctor = shallowRef(new Map<string, Glance>())
  const load = ref<Load>({ kind: 'idle' })
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  let shown: string[] = []

  async function look(doctor: string) {
    timers.delete(doctor)
    const board = await getBoard(doctor)
    if (shown.includes(doctor)) byDoctor.value = new Map(byDoctor.value).set(doctor, glance(board))
  }

  async function refresh() {
    if (shown.length === 0) return
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      await Promise.all(shown.map(look))
      load.value = { kind: 'ready' }
    } catch (error) {
      if (load.value.kind !== 'ready') load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function open(doctors: string[]) {
    shown = doctors
    return refresh()
  }

  function refreshSoon(doctor: string) {
    if (!shown.includes(doctor) || timers.has(doctor)) return
    timers.set(
      doctor,
      setTimeout(() => void look(doctor).catch(() => undefined), REFRESH_MS),
    )
  }

  function clear() {
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    shown = []
    byDoctor.value = new Map()
    load.value = { kind: 'idle' }
  }

  return { byDoctor, load, open, refresh, refreshSoon, clear }
})
