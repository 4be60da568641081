/* The waiting room of one consult: the place in the line, and where it has come to. */
import { computed, ref, watch } from 'vue'
import { asApiError } from '@/api/error'
import { useAppointmentsStore } from '@/stores/appointments'
import { useConsultsStore } from '@/stores/consults'
import { useQueueStore } from '@/stores/queue'
import type { Load } from '@/utils/load'

export function useWaiting(consult: () => string) {
  const queue = useQueueStore()
  const consults = useConsultsStore()
  const appointments = useAppointmentsStore()
  const load = ref<Load>({ kind: 'loading' })

  const about = computed(() => consults.get(consult()))
  const appointment = computed(() => appointments.all.find((one) => one.consult === consult()))
  const stage = computed(() => {
    const state = about.value?.state
    if (state === 'open') return 'waiting'
    return state === 'active' || state === 'paused' ? 'ready' : 'over'
  })

  async function refresh() {
    load.value = { kind: 'loading' }
    try {
      await Promise.all([consults.look(consult()), queue.refresh(consult())])
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  watch(consult, refresh, { immediate: true })

  /* Place 0: it does not wait. */
  const line = computed(() => {
    const known = queue.get(consult())
    return known && known.place > 0 ? known : undefined
  })

  return { load, about, appointment, stage, line, refresh }
}
