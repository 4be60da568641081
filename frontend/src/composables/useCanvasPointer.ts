/* One finger draws, two move and zoom; a mouse draws, its wheel zooms. */
import type { Ref } from 'vue'
import type { CanvasView } from '@/composables/useCanvasView'
import { distance } from '@/utils/canvas'

export interface Hand {
  begin(event: PointerEvent, at: [number, number]): void
  move(event: PointerEvent, at: [number, number]): void
  end(): void
  cancel(): void
  /* Moves without drawing. */
  hover(at: [number, number] | null): void
}

export function useCanvasPointer(frame: Ref<HTMLElement | null>, view: CanvasView, hand: Hand) {
  const down = new Map<number, [x: number, y: number]>()
  let drawing: number | null = null

  function pixel(event: { clientX: number; clientY: number }): [number, number] {
    const box = frame.value?.getBoundingClientRect()
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)]
  }

  function pointerdown(event: PointerEvent) {
    if (event.button !== 0) return
    frame.value?.setPointerCapture(event.pointerId)
    down.set(event.pointerId, pixel(event))
    if (down.size === 1) {
      drawing = event.pointerId
      return hand.begin(event, view.plane(...pixel(event)))
    }
    // What the first finger did was no line.
    if (drawing !== null) hand.cancel()
    drawing = null
  }

  function pinch(event: PointerEvent) {
    const before = [...down.values()]
    down.set(event.pointerId, pixel(event))
    const after = [...down.values()]
    const [a, b] = [before, after].map((two) => {
      const [[ax, ay] = [0, 0], [bx, by] = [0, 0]] = two
      return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.max(1, distance([ax, ay], [bx, by])) }
    })
    if (!a || !b || down.size !== 2) return
    view.moveBy(b.x - a.x, b.y - a.y)
    view.zoomBy(b.apart / a.apart, b.x, b.y)
  }

  function pointermove(event: PointerEvent) {
    const at = view.plane(...pixel(event))
    if (down.size === 0) return hand.hover(at)
    if (drawing === null) return pinch(event)
    if (event.pointerId !== drawing) return
    hand.hover(at)
    // A pen says more often where it is than a page is drawn.
    const all = event.getCoalescedEvents?.() ?? []
    for (const one of all.length > 0 ? all : [event]) hand.move(one, view.plane(...pixel(one)))
  }

  function pointerup(event: PointerEvent) {
    if (!down.delete(event.pointerId) || event.pointerId !== drawing) return
    drawing = null
    if (event.type === 'pointerup') hand.end()
    else hand.cancel()
  }

  function wheel(event: WheelEvent) {
    event.preventDefault()
    view.zoomBy(Math.exp(-event.deltaY / 400), ...pixel(event))
  }

  return { pointerdown, pointermove, pointerup, wheel, leave: () => hand.hover(null) }
}
