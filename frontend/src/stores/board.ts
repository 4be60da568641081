/* The day of a doctor: who waits, is in a consult, is to be signed for, has written, comes later. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { getBoard } from '@/api/board'
import { asApiError } from '@/api/error'
import type { BoardItem } from '@/api/models'
import { useClockStore } from '@/stores/clock'
import type { Load } from '@/utils/load'

const REFRESH_MS = 250

export const useBoardStore = defineStore('board', () => {
  const clock = useClockStore()
  const doctor = ref('')
  const items = shallowRef<BoardItem[]>([])
  const load = ref<Load>({ kind: 'idle' })
  let timer: ReturnType<typeof setTimeout> | undefined

  /* What is on the screen stays while the newer is on its way. */
  async function refresh() {
    clearTimeout(timer)
    const wanted = doctor.value
    if (!wanted) return
    const first = load.value.kind !== 'ready'
    if (first) load.value = { kind: 'loading' }
    const sentAt = Date.now()
    try {
      const board = await getBoard(wanted)
      if (doctor.value !== wanted) return
      clock.heard(board.now, sentAt)
      items.value = board.items
      load.value = { kind: 'ready' }
    } catch (error) {
      if (first && doctor.value === wanted) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function open(id: string) {
    if (doctor.value !== id) clear()
    doctor.value = id
    return refresh()
  }

  /* Something is new; of another doctor it is none of this board. */
  function refreshSoon(id = doctor.value) {
    if (!id || id !== doctor.value) return
    clearTimeout(timer)
    timer = setTimeout(() => void refresh(), REFRESH_MS)
  }

  /* No page shows it any more. */
  function clear() {
    clearTimeout(timer)
    doctor.value = ''
    items.value = []
    load.value = { kind: 'idle' }
  }

  return { items, load, open, refresh, refreshSoon, clear }
})
