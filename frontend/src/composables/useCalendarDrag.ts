/* Dragging: from where the block was taken to a day and a minute. A mouse and a pen drag at once; a finger
   scrolls, unless it rests on the block first. */
import { onMounted, onScopeDispose, type Ref } from 'vue'
import type { Appointment } from '@/api/models'
import { isMovable, type Segment } from '@/utils/week'

interface Carry {
  lift(appointment: Appointment): void
  carryTo(date: string, minute: number): void
  drop(): void
  cancel(): void
  carrying(): boolean
}

interface Held {
  appointment: Appointment
  x: number
  y: number
  offset: number
  /* A finger's: once it is over, the block is lifted. */
  rest?: ReturnType<typeof setTimeout>
}

const SLOP_PX = 6
const SNAP_MIN = 5
const REST_MS = 400
/* So near to its edge the page scrolls along. */
const EDGE_PX = 56
const SCROLL_PX = 12
/* The click that ends a drag comes right behind it. */
const CLICK_MS = 100

export function useCalendarDrag(
  columns: Readonly<Ref<HTMLElement | null>>,
  shown: () => Segment,
  carry: Carry,
) {
  let held: Held | null = null
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
    if (held || event.button !== 0 || !isMovable(appointment)) return
    held = { appointment, x: event.clientX, y: event.clientY, offset: minuteAt(event.clientY) - from }
    if (event.pointerType === 'touch')
      held.rest = setTimeout(() => {
        navigator.vibrate?.(10)
        carry.lift(appointment)
      }, REST_MS)
    addEventListener('pointermove', moved)
    addEventListener('pointerup', released)
    addEventListener('pointercancel', stopped)
    addEventListener('contextmenu', noMenu)
  }

  function moved(event: PointerEvent) {
    if (!held) return
    if (!carry.carrying()) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < SLOP_PX) return
      if (held.rest !== undefined) return stop()
      carry.lift(held.appointment)
    }
    event.preventDefault()
    scrollAlong(event.clientY)
    const date = dateAt(event.clientX)
    const minute = Math.round((minuteAt(event.clientY) - held.offset) / SNAP_MIN) * SNAP_MIN
    if (date) carry.carryTo(date, Math.min(Math.max(minute, shown().from), shown().to - SNAP_MIN))
  }

  function scrollAlong(y: number) {
    const main = columns.value?.closest('main')
    if (!main) return
    const { top, bottom } = main.getBoundingClientRect()
    if (y < top + EDGE_PX) main.scrollBy(0, -SCROLL_PX)
    else if (y > bottom - EDGE_PX) main.scrollBy(0, SCROLL_PX)
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
    clearTimeout(held?.rest)
    held = null
    removeEventListener('pointermove', moved)
    removeEventListener('pointerup', released)
    removeEventListener('pointercancel', stopped)
    removeEventListener('contextmenu', noMenu)
  }

  /* What a long press of a finger opens elsewhere. */
  function noMenu(event: Event) {
    if (held?.rest !== undefined) event.preventDefault()
  }

  /* While something is carried, or a pen holds it, the page stays. The browser asks before it scrolls, and only
     those who listened before. */
  function noScroll(event: TouchEvent) {
    const stays = carry.carrying() || (held && held.rest === undefined)
    if (stays && event.cancelable) event.preventDefault()
  }

  onMounted(() => columns.value?.addEventListener('touchmove', noScroll, { passive: false }))
  onScopeDispose(stop)
  return { grab, justDragged: () => performance.now() - dropped < CLICK_MS }
}
