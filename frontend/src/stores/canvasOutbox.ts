/* What I drew and the server has not confirmed yet: seen at once, kept on disk, sent in order, some at a time, each
   until it is answered. A retry has the same id, so the server takes it once. */
import { defineStore } from 'pinia'
import { shallowReactive, shallowRef } from 'vue'
import { asApiError, isTransient } from '@/api/error'
import type { CanvasOp } from '@/api/models'
import { ask } from '@/realtime/socket'
import { waitingDrop, waitingOps, waitingPut, type WaitingOp } from '@/storage/canvas'
import { useCanvasStore } from '@/stores/canvas'
import { useLinkStore } from '@/stores/link'
import { useSessionStore } from '@/stores/session'
import type { NewOp } from '@/utils/canvas'
import { newId } from '@/utils/ids'

/* The server takes no more at once, and 20 such events a second. */
const BATCH_OPS = 64
const BATCH_CHARACTERS = 60_000
const BETWEEN_MS = 60
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 15_000

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

export const useCanvasOutboxStore = defineStore('canvasOutbox', () => {
  const session = useSessionStore()
  const link = useLinkStore()
  const canvas = useCanvasStore()
  const entries = shallowRef<WaitingOp[]>([])
  /* Why the last one of a consult was refused for good. */
  const refused = shallowReactive(new Map<string, string>())
  const sending = new Set<string>()
  let wait = RETRY_MIN_MS
  let timer: ReturnType<typeof setTimeout> | undefined

  function of(consult: string): CanvasOp[] {
    return entries.value.filter((entry) => entry.consult === consult).map(({ op }) => op)
  }

  function drop(ids: ReadonlySet<string>) {
    for (const { user, op } of entries.value) if (ids.has(op.id)) waitingDrop(user, op.id)
    entries.value = entries.value.filter(({ op }) => !ids.has(op.id))
  }

  /* After login and reload. */
  function restore() {
    const user = session.user?.id
    if (!user) return
    const known = new Set(entries.value.map(({ op }) => op.id))
    const stored = waitingOps(user).filter(({ op }) => !known.has(op.id))
    entries.value = [...entries.value, ...stored].sort((a, b) => a.at - b.at)
    flush()
  }

  function draw(consult: string, ops: readonly NewOp[]) {
    const user = session.user?.id
    if (!user || ops.length === 0) return
    refused.delete(consult)
    let at = Math.max(Date.now(), (entries.value.at(-1)?.at ?? 0) + 1)
    const drawn = ops.map((op) => ({ user, consult, at: at++, op: { ...op, id: newId(), by: user } as CanvasOp }))
    for (const one of drawn) waitingPut(one)
    entries.value = [...entries.value, ...drawn]
    void sendAll(consult)
  }

  function flush() {
    for (const consult of new Set(entries.value.map((entry) => entry.consult))) void sendAll(consult)
  }

  /* One batch at a time, so that what was drawn first has its place first. */
  async function sendAll(consult: string) {
    if (sending.has(consult)) return
    sending.add(consult)
    let most = BATCH_OPS
    try {
      for (let next = batch(consult, most); next.length > 0 && link.online; next = batch(consult, most)) {
        most = (await sendSome(consult, next)) ? Math.min(most * 2, BATCH_OPS) : 1
        await pause(BETWEEN_MS)
      }
      wait = RETRY_MIN_MS
    } catch {
      clearTimeout(timer)
      timer = setTimeout(flush, wait)
      wait = Math.min(wait * 2, RETRY_MAX_MS)
    } finally {
      sending.delete(consult)
    }
  }

  function batch(consult: string, most: number): CanvasOp[] {
    const all = of(consult).slice(0, most)
    let characters = 0
    return all.filter((op, at) => {
      characters += JSON.stringify(op).length
      return at === 0 || characters <= BATCH_CHARACTERS
    })
  }

  /* False when some of them were refused: then they go one by one, to find out which. */
  async function sendSome(consult: string, ops: CanvasOp[]): Promise<boolean> {
    const bare = ops.map((op) => ({ ...op, by: undefined }))
    try {
      const answer = await ask('board:op', { consult, ops: bare })
      const seqs = new Map(answer.ops.map(({ id, seq }) => [id, seq]))
      canvas.received(
        consult,
        ops.map((op) => ({ ...op, seq: seqs.get(op.id) })),
      )
      drop(new Set(seqs.keys()))
      return true
    } catch (error) {
      if (isTransient(error)) throw error
      if (ops.length > 1) return false
      const { code, why } = asApiError(error)
      drop(new Set(ops.map(({ id }) => id)))
      refused.set(consult, why ?? code)
      return true
    }
  }

  function clear() {
    clearTimeout(timer)
    entries.value = []
    refused.clear()
  }

  return { entries, refused, of, restore, draw, flush, clear }
})
