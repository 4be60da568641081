/* The consults of the reader: what the list shows. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/consults'
import { asApiError } from '@/api/error'
import type { Consult, ConsultListItem, Message, Recalled } from '@/api/models'
import { useReceiptsStore } from '@/stores/receipts'
import { useSessionStore } from '@/stores/session'
import { byActivity } from '@/utils/consults'
import { tombstone } from '@/utils/messages'
import type { Load } from '@/utils/load'

const REFRESH_MS = 200
const TALKING = new Set<Consult['state']>(['open', 'active', 'paused'])

export const useConsultsStore = defineStore('consults', () => {
  const session = useSessionStore()
  const receipts = useReceiptsStore()
  const byId = shallowRef(new Map<string, ConsultListItem>())
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)
  /* What I read; an answer or an event that was on its way meanwhile does not know of it yet. */
  const readSeqs = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const list = computed(() => [...byId.value.values()].sort(byActivity))
  const unreadTotal = computed(() => list.value.reduce((sum, consult) => sum + consult.unread, 0))

  /* Where a call may be, the newest first. */
  const talking = computed(() => list.value.filter(({ state }) => TALKING.has(state)).map(({ id }) => id))

  function get(consult: string) {
    return byId.value.get(consult)
  }

  function put(...items: ConsultListItem[]) {
    const next = new Map(byId.value)
    for (const item of items) next.set(item.id, { ...item, unread: stillUnread(item) })
    byId.value = next
  }

  function stillUnread({ id, unread, lastSeq }: ConsultListItem) {
    return Math.min(unread, Math.max(0, lastSeq - (readSeqs.get(id) ?? 0)))
  }

  function change(consult: string, part: (item: ConsultListItem) => Partial<ConsultListItem>) {
    const item = byId.value.get(consult)
    if (item) put({ ...item, ...part(item) })
  }

  /* The preview is a message that has reached this page. */
  function acknowledge(item: ConsultListItem) {
    if (item.lastMessage && item.lastMessage.sender.id !== session.user?.id && item.unread > 0)
      receipts.delivered(item.id, item.lastMessage.seq)
  }

  async function page(cursor?: string) {
    const answer = await api.listConsults(cursor)
    put(...answer.items)
    answer.items.forEach(acknowledge)
    return answer.nextCursor
  }

  /* Gets the newest page; what is on the screen stays meanwhile. */
  async function refresh() {
    clearTimeout(timer)
    const first = load.value.kind !== 'ready'
    if (first) load.value = { kind: 'loading' }
    try {
      const next = await page()
      if (first) nextCursor.value = next
      load.value = { kind: 'ready' }
    } catch (error) {
      if (first) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    if (nextCursor.value) nextCursor.value = await page(nextCursor.value)
  }

  function refreshSoon() {
    clearTimeout(timer)
    timer = setTimeout(() => void refresh(), REFRESH_MS)
  }

  /* The server's word on a consult; perhaps a new one. */
  function changed(consult: Consult) {
    const known = byId.value.get(consult.id)
    put({ ...consult, unread: known?.unread ?? 0, lastMessage: known?.lastMessage })
    if (!known) refreshSoon()
  }

  function received(message: Message) {
    change(message.consult, (item) => ({
      lastSeq: Math.max(item.lastSeq, message.seq),
      lastMessage: message.seq >= (item.lastMessage?.seq ?? 0) ? message : item.lastMessage,
    }))
  }

  function recalled({ consult, seq, recalledAt }: Recalled) {
    change(consult, ({ lastMessage }) => (lastMessage?.seq === seq ? { lastMessage: tombstone(lastMessage, recalledAt) } : {}))
  }

  function unreadChanged(consult: string, lastSeq: number, unread: number) {
    const known = byId.value.get(consult)
    change(consult, (item) => ({ unread, lastSeq: Math.max(item.lastSeq, lastSeq) }))
    if (!known || (known.lastMessage?.seq ?? 0) < lastSeq) refreshSoon()
  }

  /* Read by me, here or in another tab. */
  function read(consult: string, seq: number) {
    readSeqs.set(consult, Math.max(readSeqs.get(consult) ?? 0, seq))
    change(consult, () => ({}))
  }

  async function start(doctor: string, text: string, clientId: string) {
    const { consult, message } = await api.startConsult({ doctor, text, clientId })
    put({ ...consult, unread: 0, lastMessage: message })
    return consult.id
  }

  /* One of them, perhaps not in the list yet. */
  async function look(consult: string) {
    changed((await api.getConsult(consult)).consult)
  }

  async function accept(consult: string) {
    changed((await api.acceptConsult(consult)).consult)
  }

  async function finish(consult: string) {
    changed((await api.finishConsult(consult)).consult)
  }

  async function resume(consult: string) {
    changed((await api.resumeConsult(consult)).consult)
  }

  async function refer(consult: string, reason: string, advice: string) {
    changed((await api.referConsult(consult, reason, advice)).consult)
  }

  function clear() {
    clearTimeout(timer)
    byId.value = new Map()
    load.value = { kind: 'idle' }
    nextCursor.value = null
    readSeqs.clear()
  }

  return {
    list,
    load,
    nextCursor,
    unreadTotal,
    talking,
    get,
    refresh,
    more,
    changed,
    received,
    recalled,
    unreadChanged,
    read,
    start,
    look,
    accept,
    finish,
    resume,
    refer,
    clear,
  }
})
