/* What is drawn on a consult's canvas: operations in the order of their seq, folded into what is seen. The
   server folds by the same rules, so that both have the same hash of it. */
import type { CanvasOp } from '@/api/models'

export const WIDTH = 1600
export const HEIGHT = 1000
export const TEXT_MAX = 500
const POINTS_MAX = 2_000
/* Of a pen, for an op: 0 to 100. */
export const PRESSURE_EVEN = 50

type Of<Kind extends CanvasOp['kind']> = Extract<CanvasOp, { kind: Kind }>
export type DrawnOp = Of<'stroke' | 'arrow' | 'text' | 'measure'>
export type BackgroundOp = Of<'background'>
export type SeenOp = DrawnOp | BackgroundOp
export type StrokeOp = Of<'stroke'>
export type MeasureOp = Of<'measure'>
export type Color = StrokeOp['color']
export type Size = StrokeOp['size']
type Without<Op, Names extends PropertyKey> = Op extends unknown ? Omit<Op, Names> : never
/* As a tool makes it; the store gives it an id. */
export type NewOp = Without<CanvasOp, 'id' | 'seq' | 'by'>
export type Point = [x: number, y: number]

const DRAWN = new Set<CanvasOp['kind']>(['stroke', 'arrow', 'text', 'measure'])

export function isDrawn(op: CanvasOp): op is DrawnOp {
  return DRAWN.has(op.kind)
}

/* --- folding ------------------------------------------------------------------------------------------- */

/* What was taken back; and by what each is erased, of all that was not taken back: whichever it is, so that it is
   the same whether one knows of those that were, or not. */
function goneOf(ops: readonly CanvasOp[]) {
  const byId = new Map<string, CanvasOp>()
  const undone = new Set<string>()
  const erasers = new Map<string, string[]>()
  for (const op of ops) {
    const target = op.kind === 'undo' ? byId.get(op.target) : undefined
    if (target && target.kind !== 'undo' && target.by === op.by) undone.add(target.id)
    byId.set(op.id, op)
  }
  for (const op of ops) {
    if (op.kind !== 'erase' || undone.has(op.id)) continue
    const target = byId.get(op.target)
    if (target && isDrawn(target)) erasers.set(target.id, [...(erasers.get(target.id) ?? []), op.id])
  }
  return { undone, erasers }
}

export function fold(ops: readonly CanvasOp[]): SeenOp[] {
  const { undone, erasers } = goneOf(ops)
  const stands = (op: CanvasOp) => !undone.has(op.id) && !erasers.has(op.id)
  return ops.filter((op): op is SeenOp => (isDrawn(op) || op.kind === 'background') && stands(op))
}

/* The last thing this user did of which something is to be seen; null: there is none. */
export function undoable(ops: readonly CanvasOp[], user: string): string | null {
  const { undone, erasers } = goneOf(ops)
  const shows = (op: CanvasOp) =>
    op.kind === 'erase'
      ? erasers.get(op.target)?.length === 1 && erasers.get(op.target)?.[0] === op.id && !undone.has(op.target)
      : op.kind !== 'undo' && !erasers.has(op.id)
  return ops.findLast((op) => op.by === user && !undone.has(op.id) && shows(op))?.id ?? null
}

export function backgroundOf(seen: readonly SeenOp[]): BackgroundOp | null {
  return seen.findLast((op): op is BackgroundOp => op.kind === 'background') ?? null
}

/* --- the hash ------------------------------------------------------------------------------------------ */

/* JSON without spaces, members by their names. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, one]) => one !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`
}

export async function hashOf(seen: readonly SeenOp[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(seen)))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/* --- points -------------------------------------------------------------------------------------------- */

const within = (n: number, max: number) => Math.min(max, Math.max(0, Math.round(n)))

/* A place of the plane, in whole numbers. */
export function placed(x: number, y: number): Point {
  return [within(x, WIDTH), within(y, HEIGHT)]
}

/* A mouse presses always the same, a finger not at all. */
export function pressureOf(pointer: { pointerType: string; pressure: number }): number {
  return pointer.pointerType === 'pen' ? within(pointer.pressure * 100, 100) : PRESSURE_EVEN
}

/* Of a long line the parts that one op can hold each, joined at a point. */
export function parts(points: number[][]): number[][][] {
  const all: number[][][] = []
  for (let at = 0; at === 0 || at < points.length - 1; at += POINTS_MAX - 1) all.push(points.slice(at, at + POINTS_MAX))
  return all
}

export function distance([ax = 0, ay = 0]: number[], [bx = 0, by = 0]: number[]): number {
  return Math.hypot(ax - bx, ay - by)
}

/* --- lengths ------------------------------------------------------------------------------------------- */

/* How many millimetres a step of the plane is, by the last line whose length somebody knew. */
export function scaleOf(seen: readonly SeenOp[]): number | null {
  const known = seen.findLast((op): op is MeasureOp => op.kind === 'measure' && op.mm !== undefined)
  const length = known ? distance(known.from, known.to) : 0
  return known?.mm && length > 0 ? known.mm / length : null
}

/* In millimetres when that is known, else in percent of the width. */
export function lengthText({ from, to }: MeasureOp, scale: number | null): string {
  const length = distance(from, to)
  if (scale === null) return `${Math.round((length / WIDTH) * 100)} %`
  const mm = length * scale
  return mm < 100 ? `${mm.toFixed(mm < 10 ? 1 : 0)} mm` : `${(mm / 10).toFixed(1)} cm`
}

/* --- what is touched ----------------------------------------------------------------------------------- */

export const LINE_WIDTH: Record<Size, number> = { fine: 5, medium: 11, bold: 22 }
export const TEXT_HEIGHT: Record<Size, number> = { fine: 24, medium: 36, bold: 54 }

function toSegment(p: number[], a: number[], b: number[]): number {
  const [px = 0, py = 0] = p
  const [ax = 0, ay = 0] = a
  const [bx = 0, by = 0] = b
  const length = (bx - ax) ** 2 + (by - ay) ** 2
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
  return Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))
}

function touchesText({ at, text, size }: Of<'text'>, [x = 0, y = 0]: number[], reach: number): boolean {
  const [left = 0, top = 0] = at
  const lines = text.split('\n')
  const height = TEXT_HEIGHT[size]
  // Chinese characters are as wide as high, others about half of it.
  const wide = Math.max(...lines.map((line) => [...line].reduce((sum, c) => sum + (c > '\u2e7f' ? 1 : 0.55), 0))) * height
  return x >= left - reach && x <= left + wide + reach && y >= top - reach && y <= top + lines.length * height * 1.2 + reach
}

/* On the way from one point to the other, so close that nothing within reach is passed over. */
export function between([ax, ay]: Point, [bx, by]: Point, step: number): Point[] {
  const count = Math.max(1, Math.ceil(distance([ax, ay], [bx, by]) / step))
  return Array.from({ length: count }, (_, i) => {
    const part = (i + 1) / count
    return [ax + (bx - ax) * part, ay + (by - ay) * part]
  })
}

/* Is it within reach of that point? */
export function touches(op: DrawnOp, point: number[], reach: number): boolean {
  if (op.kind === 'text') return touchesText(op, point, reach)
  const line = op.kind === 'stroke' ? op.points : [op.from, op.to]
  const near = reach + (op.kind === 'measure' ? LINE_WIDTH.fine : LINE_WIDTH[op.size]) / 2
  return line.some((at, i) => toSegment(point, line[i - 1] ?? at, at) <= near)
}
