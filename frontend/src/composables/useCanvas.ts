/* The canvas of a consult, while the page shows it: what is seen, who may draw, where hands are. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import { useCanvasStore } from '@/stores/canvas'
import { useCanvasOutboxStore } from '@/stores/canvasOutbox'
import { useConsultsStore } from '@/stores/consults'
import { useMessagesStore } from '@/stores/messages'
import { usePresenceStore } from '@/stores/presence'
import { useSessionStore } from '@/stores/session'
import { backgroundOf, fold, hashOf, undoable, type NewOp } from '@/utils/canvas'

/* How often others hear where a hand is. */
const POINT_MS = 60
const HASH_MS = 200

export function useCanvas(consult: () => string) {
  const store = useCanvasStore()
  const outbox = useCanvasOutboxStore()
  const session = useSessionStore()
  const consults = useConsultsStore()
  const messages = useMessagesStore()
  const presence = usePresenceStore()

  const me = computed(() => session.user?.id ?? '')
  const about = computed(() => consults.get(consult()))
  const canvas = computed(() => store.of(consult()))
  const pending = computed(() => outbox.of(consult()))
  const isDoctor = computed(() => about.value?.doctor.id === me.value)
  const isOpen = computed(() => about.value?.state === 'active' || about.value?.state === 'paused')
  const locked = computed(() => canvas.value?.locked ?? false)
  const mayDraw = computed(() => isOpen.value && (isDoctor.value || !locked.value))

  /* In their order: settled, what waits for something before it, and my own that the server has not got yet. */
  const ops = computed(() => {
    const known = canvas.value
    if (!known) return []
    const held = [...known.held.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
    return [...known.ops, ...held, ...pending.value]
  })
  const seen = computed(() => fold(ops.value))
  const background = computed(() => backgroundOf(seen.value))
  const undoId = computed(() => (mayDraw.value ? undoable(ops.value, me.value) : null))
  const photos = computed(() =>
    (messages.room(consult())?.messages ?? []).filter(({ kind, file, recalledAt }) => kind === 'image' && file && !recalledAt),
  )
  const cursors = computed(() =>
    [...(canvas.value?.cursors.values() ?? [])].map((cursor) => ({
      ...cursor,
      name: presence.of(consult()).find(({ id }) => id === cursor.user)?.name ?? '',
    })),
  )

  function draw(drawn: NewOp[]) {
    if (mayDraw.value) outbox.draw(consult(), drawn)
  }

  let pointed = 0
  let last: ReturnType<typeof setTimeout> | undefined
  function point(at: [number, number] | null) {
    clearTimeout(last)
    const say = () => {
      pointed = Date.now()
      store.point(consult(), at?.[0] ?? 0, at?.[1] ?? 0, at !== null)
    }
    // Where it rests is said as well.
    if (Date.now() - pointed >= POINT_MS) say()
    else last = setTimeout(say, POINT_MS)
  }

  /* Of what the server has settled: the same on every page that has heard all of it. */
  const hash = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => canvas.value?.ops,
    (settled) => {
      clearTimeout(timer)
      timer = setTimeout(() => void hashOf(fold(settled ?? [])).then((now) => (hash.value = now)), HASH_MS)
    },
    { immediate: true },
  )

  watch(
    consult,
    (now, before) => {
      if (before) store.close(before)
      store.open(now)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    point(null)
    clearTimeout(last)
    store.close(consult())
  })

  return {
    canvas,
    pending,
    isDoctor,
    isOpen,
    locked,
    mayDraw,
    seen,
    background,
    photos,
    cursors,
    undoId,
    hash,
    refused: computed(() => outbox.refused.get(consult()) ?? ''),
    draw,
    point,
    undo: () => undoId.value && draw([{ kind: 'undo', target: undoId.value }]),
    lock: (on: boolean) => store.lock(consult(), on),
    save: (picture: Blob) => store.save(consult(), picture, canvas.value?.seq ?? 0),
    reload: () => store.join(consult()),
  }
}
