import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import type { CanvasOp } from '@/api/models'
import { listen } from '@/listeners'
import { waitingDrop, waitingOps } from '@/storage/canvas'
import { useCanvasStore } from '@/stores/canvas'
import { useCanvasOutboxStore } from '@/stores/canvasOutbox'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, patient } from '@/testing/fixtures'
import { answerFetch, settle, startPage } from '@/testing/harness'

/* A server that gives each id its place once. */
let stored: CanvasOp[] = []
let refuse: ((op: CanvasOp) => object | null) | null = null

const seqOf = (id: string) => stored.findIndex((op) => op.id === id) + 1

function draw({ ops }: { ops: CanvasOp[] }) {
  const wrong = ops.map((op) => refuse?.(op)).find(Boolean)
  if (wrong) return { ok: false, error: wrong }
  for (const op of ops) if (seqOf(op.id) === 0) stored.push({ ...op, by: patient.id })
  return { ok: true, ops: ops.map(({ id }) => ({ id, seq: seqOf(id) })) }
}

function join({ after = 0 }: { after?: number }) {
  const ops = stored.map((op, at) => ({ ...op, seq: at + 1 })).filter(({ seq }) => seq > after)
  return { ok: true, seq: stored.length, locked: false, ops, more: false }
}

const arrow = { kind: 'arrow', from: [0, 0], to: [9, 9], color: 'red', size: 'bold' } as const
const of = (id: string, seq: number) => ({ ...arrow, from: [0, 0], to: [9, 9], id, seq, by: 'usr_other' }) as CanvasOp
const known = () => useCanvasStore().of(consult.id)
const ids = () => known()?.ops.map(({ id }) => id)
const drawOne = () => useCanvasOutboxStore().draw(consult.id, [{ ...arrow, from: [0, 0], to: [9, 9] }])

beforeEach(async () => {
  stored = []
  refuse = null
  for (const { op } of waitingOps(patient.id)) waitingDrop(patient.id, op.id)
  vi.useFakeTimers({ shouldAdvanceTime: true })
  answerFetch({ 'GET /api/v1/consultations': { body: { items: [], nextCursor: null } } })
  startPage(patient)
  fakeSocket.answer('board:join', join)
  fakeSocket.answer('board:op', draw)
  fakeSocket.opens()
  useCanvasStore().open(consult.id)
  await settle()
})

test('what is drawn is there at once, and settles in its place', async () => {
  drawOne()
  expect(useCanvasOutboxStore().of(consult.id)).toHaveLength(1)
  expect(waitingOps(patient.id)).toHaveLength(1)
  await settle()
  expect(useCanvasOutboxStore().of(consult.id)).toEqual([])
  expect(waitingOps(patient.id)).toEqual([])
  expect(known()?.ops).toMatchObject([{ kind: 'arrow', seq: 1, by: patient.id }])
})

test('what overtakes waits for what is before it', async () => {
  const hear = (...ops: CanvasOp[]) => fakeSocket.says('board:op', { consult: consult.id, by: 'usr_other', ops })
  stored = [of('a', 1), of('b', 2), of('c', 3)]
  hear(of('c', 3))
  hear(of('a', 1))
  expect(ids()).toEqual(['a'])
  hear(of('b', 2))
  expect(ids()).toEqual(['a', 'b', 'c'])
  hear(of('b', 2))
  expect(ids()).toEqual(['a', 'b', 'c'])
})

test('what does not come is asked for', async () => {
  stored = [of('a', 1), of('b', 2), of('c', 3)]
  fakeSocket.says('board:op', { consult: consult.id, by: 'usr_other', ops: [of('c', 3)] })
  expect(ids()).toEqual([])
  await vi.advanceTimersByTimeAsync(400)
  expect(ids()).toEqual(['a', 'b', 'c'])
  expect(fakeSocket.asked('board:join')).toHaveLength(2)
})

test('a retry after a lost answer and a reload has the same id', async () => {
  fakeSocket.answer('board:op', (body: { ops: CanvasOp[] }) => new Promise<object>(() => draw(body)))
  drawOne()
  await settle()
  expect(stored).toHaveLength(1)
  fakeSocket.breaks()
  setActivePinia(createPinia())
  listen()
  fakeSocket.answer('board:op', draw)
  fakeSocket.opens()
  useCanvasStore().open(consult.id)
  await settle()
  await vi.advanceTimersByTimeAsync(100)
  expect(stored).toHaveLength(1)
  expect(ids()).toEqual([stored[0]?.id])
  expect(waitingOps(patient.id)).toEqual([])
})

test('of many the one that is refused is found out, the others are drawn', async () => {
  fakeSocket.breaks()
  for (let i = 0; i < 3; i++) drawOne()
  const bad = useCanvasOutboxStore().of(consult.id)[1]?.id
  refuse = ({ id }) => (id === bad ? { code: 'forbidden', why: 'board-locked' } : null)
  fakeSocket.opens()
  await settle()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(stored).toHaveLength(2)
  expect(useCanvasOutboxStore().of(consult.id)).toEqual([])
  expect(useCanvasOutboxStore().refused.get(consult.id)).toBe('board-locked')
})

test('hands come and go', async () => {
  const hand = (on: boolean) => fakeSocket.says('board:cursor', { consult: consult.id, user: 'usr_other', x: 1, y: 2, on })
  hand(true)
  expect([...(known()?.cursors.values() ?? [])]).toEqual([{ user: 'usr_other', x: 1, y: 2 }])
  hand(false)
  expect(known()?.cursors.size).toBe(0)
  hand(true)
  await vi.advanceTimersByTimeAsync(9_000)
  expect(known()?.cursors.size).toBe(0)
})
