/* A week of a doctor's free times. */
import { computed, ref, shallowRef, watch } from 'vue'
import { asApiError } from '@/api/error'
import type { Slot } from '@/api/models'
import { useClockStore } from '@/stores/clock'
import { useSlotsStore } from '@/stores/slots'
import type { Load } from '@/utils/load'
import { dayKey, partsOfDay, slotsByDay, weekDays } from '@/utils/slots'

const WEEKS_MAX = 8

/* `from`: its first day, when that is ahead. `hides`: what is free for others, but not here. */
interface Limits {
  from?: () => Date | undefined
  hides?: (slot: Slot) => boolean
}

export function useSlotPicker(doctor: () => string, service: () => string | undefined, limits: Limits = {}) {
  const store = useSlotsStore()
  const clock = useClockStore()
  const week = ref(0)
  const chosen = ref('')
  const found = shallowRef<Slot[]>([])
  const tz = ref<string>()
  const load = ref<Load>({ kind: 'loading' })
  let asked = 0

  const slots = computed(() => found.value.filter((slot) => !limits.hides?.(slot)))

  function first() {
    return new Date(Math.max(clock.now(), limits.from?.()?.getTime() ?? 0))
  }

  const days = computed(() => {
    const free = slotsByDay(slots.value)
    return weekDays(first(), week.value).days.map((date) => {
      const key = dayKey(date)
      return { key, date, slots: free.get(key) ?? [] }
    })
  })
  const parts = computed(() => partsOfDay(days.value.find(({ key }) => key === chosen.value)?.slots ?? []))
  const empty = computed(() => load.value.kind === 'ready' && slots.value.length === 0)

  async function refresh() {
    const wanted = service()
    if (!wanted) return
    const mine = ++asked
    const { days: dates, end } = weekDays(first(), week.value)
    load.value = { kind: 'loading' }
    try {
      const answer = await store.list(doctor(), wanted, dates[0] ?? end, end)
      if (mine !== asked) return
      found.value = answer.items
      tz.value = answer.tz
      if (!days.value.some(({ key, slots: free }) => key === chosen.value && free.length > 0))
        chosen.value = days.value.find(({ slots: free }) => free.length > 0)?.key ?? days.value[0]?.key ?? ''
      load.value = { kind: 'ready' }
    } catch (error) {
      if (mine === asked) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function turn(by: number) {
    week.value = Math.min(WEEKS_MAX, Math.max(0, week.value + by))
  }

  watch([doctor, service, week, () => limits.from?.()?.getTime()], refresh, { immediate: true })

  return {
    week,
    chosen,
    days,
    parts,
    tz,
    load,
    empty,
    isLast: computed(() => week.value === WEEKS_MAX),
    refresh,
    turn,
  }
}
