/* The tool in the hand, and what it makes of the pointer's way. */
import { ref, shallowRef } from 'vue'
import type { Hand } from '@/composables/useCanvasPointer'
import type { Color, DrawnOp, NewOp, Point, Size } from '@/utils/canvas'
import { between, distance, isDrawn, parts, placed, pressureOf, touches } from '@/utils/canvas'
import type { CanvasOp } from '@/api/models'

export const TOOLS = ['pen', 'arrow', 'text', 'measure', 'eraser'] as const
export type Tool = (typeof TOOLS)[number]
export const COLORS: Color[] = ['black', 'red', 'blue']
export const SIZES: Size[] = ['fine', 'medium', 'bold']

/* Less is no line, and nothing that a hand sees. */
const STEP = 3
const LINE_MIN = 12
const REACH = 14

interface Board {
  /* What can be erased. */
  seen(): readonly CanvasOp[]
  may(): boolean
  draw(ops: NewOp[]): void
  point(at: [number, number] | null): void
  /* Words are wanted, there. */
  write(at: [number, number]): void
}

export function useCanvasTools(board: Board) {
  const tool = ref<Tool>('pen')
  const color = ref<Color>('red')
  const size = ref<Size>('medium')
  /* Of the next length, if it is known. */
  const mm = ref<number | undefined>()
  /* What is being drawn. */
  const sketch = shallowRef<DrawnOp | null>(null)
  const rubbed = new Set<string>()
  let rubbedAt: Point | null = null
  let touched: Point | null = null

  function rub(at: Point) {
    const way = between(rubbedAt ?? at, at, REACH)
    const isHit = (op: CanvasOp) => isDrawn(op) && !rubbed.has(op.id) && way.some((point) => touches(op, point, REACH))
    const hit = board.seen().filter(isHit)
    rubbedAt = at
    for (const { id } of hit) rubbed.add(id)
    board.draw(hit.map(({ id }) => ({ kind: 'erase', target: id })))
  }

  function stopRubbing() {
    rubbed.clear()
    rubbedAt = null
  }

  function begin(event: PointerEvent, place: [number, number]) {
    if (!board.may()) return
    const at = placed(...place)
    const look = { id: 'sketch', color: color.value, size: size.value }
    if (tool.value === 'pen') sketch.value = { ...look, kind: 'stroke', points: [[...at, pressureOf(event)]] }
    if (tool.value === 'arrow') sketch.value = { ...look, kind: 'arrow', from: at, to: at }
    if (tool.value === 'measure') sketch.value = { id: 'sketch', kind: 'measure', from: at, to: at, color: color.value, mm: mm.value }
    if (tool.value === 'text') touched = at
    if (tool.value === 'eraser') rub(at)
  }

  function move(event: PointerEvent, place: [number, number]) {
    const at = placed(...place)
    const now = sketch.value
    if (rubbedAt) return rub(at)
    if (!now) return
    if (now.kind === 'stroke') {
      if (distance(now.points.at(-1) ?? [], at) >= STEP) sketch.value = { ...now, points: [...now.points, [...at, pressureOf(event)]] }
    } else if (now.kind !== 'text') {
      sketch.value = { ...now, to: at }
    }
  }

  function end() {
    const now = sketch.value
    stopRubbing()
    sketch.value = null
    // Not before: pressing takes the focus from where words are written.
    if (touched) board.write(touched)
    touched = null
    if (!now || now.kind === 'text') return
    if (now.kind === 'stroke') {
      const { color: ink, size: width } = now
      return board.draw(parts(now.points).map((points) => ({ kind: 'stroke', points, color: ink, size: width })))
    }
    if (distance(now.from, now.to) < LINE_MIN) return
    const { from, to, color: ink } = now
    if (now.kind === 'arrow') return board.draw([{ kind: 'arrow', from, to, color: ink, size: now.size }])
    mm.value = undefined
    board.draw([{ kind: 'measure', from, to, color: ink, ...(now.mm ? { mm: now.mm } : {}) }])
  }

  function cancel() {
    sketch.value = touched = null
    stopRubbing()
  }

  const hand: Hand = { begin, move, end, cancel, hover: (at) => board.point(at && placed(...at)) }
  return { tool, color, size, mm, sketch, hand }
}

export type CanvasTools = ReturnType<typeof useCanvasTools>
