/* What I wrote and the server has not confirmed yet. Kept on disk, sent in order, each until it is answered:
   a retry has the same clientId, so the server stores it once. Two tabs that send the same entry do no harm,
   for the same reason. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { asApiError, isTransient } from '@/api/error'
import type { Message, MessageReceipt } from '@/api/models'
import { ask } from '@/realtime/socket'
import { outboxDelete, outboxOf, outboxPut, type OutboxEntry } from '@/storage/outbox'
import { useLinkStore } from '@/stores/link'
import { useMessagesStore } from '@/stores/messages'
import { useSessionStore } from '@/stores/session'
import { newId } from '@/utils/ids'

export type { OutboxEntry }

const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 30_000

export const useOutboxStore = defineStore('outbox', () => {
  const session = useSessionStore()
  const link = useLinkStore()
  const messages = useMessagesStore()
  const entries = shallowRef<OutboxEntry[]>([])
  const sending = new Set<string>()
  let pause = RETRY_MIN_MS
  let timer: ReturnType<typeof setTimeout> | undefined

  function of(consult: string) {
    return entries.value.filter((entry) => entry.consult === consult)
  }

  /* Without a disk (private windows) the entry lives as long as the page. */
  async function keep(entry: OutboxEntry) {
    entries.value = [...entries.value.filter(({ clientId }) => clientId !== entry.clientId), entry].sort(
      (a, b) => a.writtenAt - b.writtenAt,
    )
    await outboxPut({ ...entry }).catch(() => undefined)
  }

  async function drop(clientId: string) {
    if (!entries.value.some((entry) => entry.clientId === clientId)) return
    entries.value = entries.value.filter((entry) => entry.clientId !== clientId)
    await outboxDelete(clientId).catch(() => undefined)
  }

  /* After login and reload. */
  async function restore() {
    const user = session.user?.id
    if (!user) return
    const stored = await outboxOf(user).catch(() => [])
    const known = new Set(entries.value.map((entry) => entry.clientId))
    entries.value = [...entries.value, ...stored.filter((entry) => !known.has(entry.clientId))].sort(
      (a, b) => a.writtenAt - b.writtenAt,
    )
    flush()
  }

  async function send(consult: string, text: string, replyTo?: string) {
    const user = session.user?.id
    if (!user) return
    const last = entries.value.at(-1)?.writtenAt ?? 0
    const answers = replyTo ? { replyTo } : {}
    await keep({ clientId: newId(), user, consult, text, ...answers, writtenAt: Math.max(Date.now(), last + 1) })
    void sendAll(consult)
  }

  async function retry(clientId: string) {
    const entry = entries.value.find((known) => known.clientId === clientId)
    if (!entry) return
    await keep({ ...entry, failed: undefined })
    void sendAll(entry.consult)
  }

  function flush() {
    for (const consult of new Set(entries.value.map((entry) => entry.consult))) void sendAll(consult)
  }

  /* One at a time per consult: what was written first is stored first. */
  async function sendAll(consult: string) {
    if (sending.has(consult)) return
    sending.add(consult)
    try {
      for (let next = nextOf(consult); next && link.online; next = nextOf(consult)) await sendOne(next)
      pause = RETRY_MIN_MS
    } catch {
      flushLater()
    } finally {
      sending.delete(consult)
    }
  }

  function nextOf(consult: string) {
    return entries.value.find((entry) => entry.consult === consult && entry.failed === undefined)
  }

  async function sendOne(entry: OutboxEntry) {
    const { consult, clientId, text, replyTo } = entry
    const answers = replyTo ? { replyTo } : {}
    try {
      const { message } = await ask('message:send', { consult, clientId, kind: 'text', text, ...answers })
      confirmed(entry, message)
      await drop(clientId)
    } catch (error) {
      if (isTransient(error)) throw error
      await keep({ ...entry, failed: asApiError(error).code })
    }
  }

  /* The sending socket gets the answer and not the broadcast, so the message is made from what was written.
   */
  function confirmed({ consult, clientId, text, replyTo }: OutboxEntry, receipt: MessageReceipt) {
    const me = session.user
    if (!me) return
    const sender = { id: me.id, name: me.name, role: me.role }
    messages.received({ ...receipt, consult, clientId, text, sender, kind: 'text', ...(replyTo ? { replyTo } : {}) })
  }

  /* A message of mine came by another way: from my other tab, or with a join after a lost answer. */
  function settled(message: Message) {
    if (message.sender.id === session.user?.id) void drop(message.clientId)
  }

  function flushLater() {
    clearTimeout(timer)
    timer = setTimeout(flush, pause)
    pause = Math.min(pause * 2, RETRY_MAX_MS)
  }

  function clear() {
    clearTimeout(timer)
    entries.value = []
  }

  return { entries, of, restore, send, retry, drop, flush, settled, clear }
})
