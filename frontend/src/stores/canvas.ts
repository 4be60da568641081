/* The canvases that are open on the page: operations in the order of their seq, without a gap, and whose hand is
   where. One path for opening, gaps and reconnects: board:join with {after}. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { saveCanvas } from '@/api/canvas'
import { asApiError, isTransient } from '@/api/error'
import { sendFile } from '@/api/files'
import type { CanvasOp } from '@/api/models'
import { ask, tell } from '@/realtime/socket'
import { HEIGHT, WIDTH } from '@/utils/canvas'
import type { Load } from '@/utils/load'

export interface Cursor {
  user: string
  x: number
  y: number
}

export interface Canvas {
  /* Settled: nothing is missing up to `seq`. */
  ops: CanvasOp[]
  seq: number
  /* Known, but something before them is missing yet. */
  held: Map<number, CanvasOp>
  locked: boolean
  load: Load
  cursors: Map<string, Cursor>
  holders: number
  joining: boolean
}

const RETRY_MS = 3_000
/* What is missing may be on its way. */
const GAP_MS = 300
/* A hand that says nothing has gone. */
const CURSOR_MS = 8_000

function newCanvas(): Canvas {
  return shallowReactive<Canvas>({
    ops: [],
    seq: 0,
    held: shallowReactive(new Map<number, CanvasOp>()),
    locked: false,
    load: { kind: 'loading' },
    cursors: shallowReactive(new Map<string, Cursor>()),
    holders: 0,
    joining: false,
  })
}

export const useCanvasStore = defineStore('canvas', () => {
  const canvases = shallowReactive(new Map<string, Canvas>())
  const ends = new Map<string, ReturnType<typeof setTimeout>>()

  function of(consult: string) {
    return canvases.get(consult)
  }

  function open(consult: string) {
    const opened = canvases.get(consult) ?? newCanvas()
    canvases.set(consult, opened)
    opened.holders++
    void join(consult)
  }

  /* What was drawn stays in memory, so that coming back shows it at once. */
  function close(consult: string) {
    const closed = canvases.get(consult)
    if (closed) closed.holders--
  }

  async function join(consult: string) {
    const canvas = canvases.get(consult)
    if (!canvas || canvas.joining || canvas.holders === 0) return

    canvas.joining = true
    try {
      while (canvas.holders > 0 && (await joinOnce(consult, canvas)));
      canvas.load = { kind: 'ready' }
    } catch (error) {
      // While the link is down the wait goes on: the reconnect comes back here.
      const failure = asApiError(error)
      const waiting = failure.code === 'network' || failure.code === 'timeout'
      if (canvas.load.kind !== 'ready')
        canvas.load = waiting ? { kind: 'loading' } : { kind: 'failed', error: failure }
      if (failure.code !== 'network' && isTransient(failure)) setTimeout(() => void join(consult), RETRY_MS)
    } finally {
      canvas.joining = false
    }
    if (canvas.load.kind === 'ready' && canvas.held.size > 0) joinSoon(consult, canvas)
  }

  /* True when more follow. */
  async function joinOnce(consult: string, canvas: Canvas): Promise<boolean> {
    const { ops, seq, more, locked } = await ask('board:join', canvas.seq > 0 ? { consult, after: canvas.seq } : { consult })
    const fresh = ops.filter((op) => (op.seq ?? 0) > canvas.seq)
    canvas.ops = [...canvas.ops, ...fresh]
    canvas.seq = Math.max(canvas.seq, seq)
    canvas.locked = locked
    drain(canvas)
    return more
  }

  /* What was held follows, as far as there is no gap. */
  function drain(canvas: Canvas) {
    for (const seq of [...canvas.held.keys()]) if (seq <= canvas.seq) canvas.held.delete(seq)
    const next: CanvasOp[] = []
    for (let op = canvas.held.get(canvas.seq + 1); op; op = canvas.held.get(canvas.seq + 1)) {
      next.push(op)
      canvas.held.delete(++canvas.seq)
    }
    if (next.length > 0) canvas.ops = [...canvas.ops, ...next]
  }

  function joinSoon(consult: string, canvas: Canvas) {
    setTimeout(() => canvas.held.size > 0 && void join(consult), GAP_MS)
  }

  /* Somebody's ops, or one's own that have their places now. */
  function received(consult: string, ops: readonly CanvasOp[]) {
    const canvas = canvases.get(consult)
    if (!canvas) return
    for (const op of ops) if (op.seq !== undefined && op.seq > canvas.seq) canvas.held.set(op.seq, op)
    drain(canvas)
    if (canvas.held.size > 0) joinSoon(consult, canvas)
  }

  function lockedIs(consult: string, on: boolean) {
    const canvas = canvases.get(consult)
    if (canvas) canvas.locked = on
  }

  async function lock(consult: string, on: boolean) {
    await ask('board:lock', { consult, on })
    lockedIs(consult, on)
  }

  /* A picture of it, as a card in the chat and with the record. */
  async function save(consult: string, picture: Blob, seq: number) {
    const about = { consult, kind: 'image' as const, name: 'canvas.jpg', width: WIDTH, height: HEIGHT }
    const nothing = { begun: () => undefined, sent: () => undefined }
    const file = await sendFile(picture, about, undefined, nothing, new AbortController().signal)
    await saveCanvas(consult, file, seq)
  }

  function pointed(consult: string, cursor: Cursor, on: boolean) {
    const cursors = canvases.get(consult)?.cursors
    if (!cursors) return
    const { user } = cursor
    clearTimeout(ends.get(user))
    if (!on) return void cursors.delete(user)
    cursors.set(user, cursor)
    ends.set(
      user,
      setTimeout(() => cursors.delete(user), CURSOR_MS),
    )
  }

  function point(consult: string, x: number, y: number, on: boolean) {
    tell('board:cursor', { consult, x, y, on })
  }

  function rejoin() {
    for (const [consult, { holders }] of canvases) if (holders > 0) void join(consult)
  }

  function clear() {
    for (const timer of ends.values()) clearTimeout(timer)
    canvases.clear()
  }

  return { of, open, close, join, received, lock, lockedIs, save, point, pointed, rejoin, clear }
})
