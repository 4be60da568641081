/* Whether a time is offered, asked anew when it changes; null until the answer is there. */
import { shallowRef, watch } from 'vue'
import type { SlotWhy } from '@/api/models'
import { useDeskStore } from '@/stores/desk'
import { instantText } from '@/utils/zone'

const WAIT_MS = 250

export function useSlotWhy(service: () => string, at: () => Date | null) {
  const desk = useDeskStore()
  const why = shallowRef<SlotWhy['why'] | null>(null)

  watch(
    [service, () => at()?.getTime()],
    ([id, time], _before, onCleanup) => {
      why.value = null
      let over = false
      const timer = setTimeout(async () => {
        if (time === undefined) return
        // Not knowing is no obstacle: the server decides when it is moved.
        const answer = await desk.why(id, instantText(new Date(time))).catch(() => null)
        if (!over) why.value = answer?.why ?? null
      }, WAIT_MS)
      onCleanup(() => {
        over = true
        clearTimeout(timer)
      })
    },
    { immediate: true },
  )
  return why
}
