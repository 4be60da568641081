/* Which part of the plane is seen, and how large: fitted at first, then as the reader wants it. */
import { computed, ref, shallowRef } from 'vue'
import { HEIGHT, WIDTH } from '@/utils/canvas'

const ZOOM_MAX = 6

export function useCanvasView() {
  const room = shallowRef({ width: 1, height: 1 })
  const zoom = ref(1)
  /* What of the plane is in the middle. */
  const middle = shallowRef({ x: WIDTH / 2, y: HEIGHT / 2 })

  const fit = computed(() => Math.min(room.value.width / WIDTH, room.value.height / HEIGHT))
  const scale = computed(() => fit.value * zoom.value)
  const origin = computed(() => ({
    x: room.value.width / 2 - middle.value.x * scale.value,
    y: room.value.height / 2 - middle.value.y * scale.value,
  }))

  /* The plane does not leave the window. */
  function settle(x: number, y: number) {
    const half = { x: room.value.width / scale.value / 2, y: room.value.height / scale.value / 2 }
    const keep = (at: number, all: number, seen: number) =>
      seen * 2 >= all ? all / 2 : Math.min(all - seen, Math.max(seen, at))
    middle.value = { x: keep(x, WIDTH, half.x), y: keep(y, HEIGHT, half.y) }
  }

  function resize(width: number, height: number) {
    room.value = { width: Math.max(1, width), height: Math.max(1, height) }
    settle(middle.value.x, middle.value.y)
  }

  /* A pixel of the window, in the plane. */
  function plane(x: number, y: number): [number, number] {
    return [(x - origin.value.x) / scale.value, (y - origin.value.y) / scale.value]
  }

  /* What is under that pixel stays there. */
  function zoomBy(factor: number, x = room.value.width / 2, y = room.value.height / 2) {
    const [px, py] = plane(x, y)
    zoom.value = Math.min(ZOOM_MAX, Math.max(1, zoom.value * factor))
    settle(px - (x - room.value.width / 2) / scale.value, py - (y - room.value.height / 2) / scale.value)
  }

  function moveBy(dx: number, dy: number) {
    settle(middle.value.x - dx / scale.value, middle.value.y - dy / scale.value)
  }

  function reset() {
    zoom.value = 1
    settle(WIDTH / 2, HEIGHT / 2)
  }

  return { zoom, scale, origin, resize, plane, zoomBy, moveBy, reset, ZOOM_MAX }
}

export type CanvasView = ReturnType<typeof useCanvasView>
