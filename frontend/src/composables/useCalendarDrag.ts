/* Dragging with a mouse or a pen: from where the block was taken to a day and a minute. A finger scrolls; it has
   the dialog to move with. */
import { onScopeDispose, type Ref } from 'vue'
import type { Appointment } from '@/api/models'
import { isMovable, type Segment } from '@/utils/week'

interface Carry {
  lift(appointment: Appointment): void
  carryTo(date: string, minute: number): void
  drop(): void
  cancel(): void
  carrying(): boolean
}

const SLOP_PX = 6
const SNAP_MIN = 5
/* The click that ends a drag comes right behind it. */
const CLICK_MS = 100

export function useCalendarDrag(
  columns: Readonly<Ref<HTMLElement | null>>,
  shown: () => Segment,
  carry: Carry,
) {
  let held: { appointment: Appointment; x: number; y: number; offset: number } | null = null
  let dropped = -Infinity

  function minuteAt(y: number): number {
    const box = columns.value?.getBoundingClientRect()
    const { from, to } = shown()
    return box ? from + ((y - box.top) / box.height) * (to - from) : from
  }

  function dateAt(x: number): string | undefined {
    const days = [...(columns.value?.querySelectorAll<HTMLElement>('[data-date]') ?? [])]
    return days.find((day) => {
      const { left, right } = day.getBoundingClientRect()
      return left <= x && x < right
    })?.dataset['date']
  }

  function grab(event: PointerEvent, appointment: Appointment, from: number) {
    if (event.button !== 0 || event.pointerType === 'touch' || !isMovable(appointment)) return
    held = { appointment, x: event.clientX, y: event.clientY, offset: minuteAt(event.clientY) - from }
    addEventListener('pointermove', moved)
    addEventListener('pointerup', released)
    addEventListener('pointercancel', stopped)
  }

  function moved(event: PointerEvent) {
    if (!held) return
    if (!carry.carrying()) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < SLOP_PX) return
      carry.lift(held.appointment)
    }
    event.preventDefault()
    const date = dateAt(event.clientX)
    const minute = Math.round((minuteAt(event.clientY) - held.offset) / SNAP_MIN) * SNAP_MIN
    if (date) carry.carryTo(date, Math.min(Math.max(minute, shown().from), shown().to - SNAP_MIN))
  }

  function released() {
    stop()
    if (!carry.carrying()) return
    dropped = performance.now()
    carry.drop()
  }

  function stopped() {
    stop()
    carry.cancel()
  }

  function stop() {
    held = null
    removeEventListener('pointermove', moved)
    removeEventListener('pointerup', released)
    removeEventListener('pointercancel', stopped)
  }

  onScopeDispose(stop)
  return { grab, justDragged: () => performance.now() - dropped < CLICK_MS }
}
