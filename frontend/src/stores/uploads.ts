/* Files on their way, in the order they were given: first the bytes, then the message that shows them. Kept on
   disk with what is known of how far they got, so that a reload, a lost network or a server that died costs no
   more than the piece that was under way. */
import { defineStore } from 'pinia'
import { shallowReactive, shallowRef } from 'vue'
import { asApiError, isTransient } from '@/api/error'
import { idOf, removeFile, sendFile, type NewFile } from '@/api/files'
import type { Message } from '@/api/models'
import { ask } from '@/realtime/socket'
import { uploadDelete, uploadPut, uploadsOf, type UploadEntry } from '@/storage/uploads'
import { useLinkStore } from '@/stores/link'
import { useMessagesStore } from '@/stores/messages'
import { useSessionStore } from '@/stores/session'
import { newId } from '@/utils/ids'

export type { UploadEntry }

const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 30_000

export const useUploadsStore = defineStore('uploads', () => {
  const session = useSessionStore()
  const link = useLinkStore()
  const messages = useMessagesStore()
  const entries = shallowRef<UploadEntry[]>([])
  /* 0 to 1, of those that are on their way. */
  const progress = shallowReactive(new Map<string, number>())
  const running = new Map<string, AbortController>()
  let sending = false
  let pause = RETRY_MIN_MS
  let timer: ReturnType<typeof setTimeout> | undefined

  function of(consult: string) {
    return entries.value.filter((entry) => entry.consult === consult)
  }

  function find(clientId: string) {
    return entries.value.find((entry) => entry.clientId === clientId)
  }

  /* Without a disk (private windows) the entry lives as long as the page. */
  async function keep(entry: UploadEntry) {
    entries.value = [...entries.value.filter(({ clientId }) => clientId !== entry.clientId), entry].sort(
      (a, b) => a.writtenAt - b.writtenAt,
    )
    await uploadPut({ ...entry }).catch(() => undefined)
  }

  async function change(clientId: string, part: Partial<UploadEntry>) {
    const entry = find(clientId)
    if (entry) await keep({ ...entry, ...part })
  }

  async function forget(clientId: string) {
    if (!find(clientId)) return
    entries.value = entries.value.filter((entry) => entry.clientId !== clientId)
    progress.delete(clientId)
    await uploadDelete(clientId).catch(() => undefined)
  }

  /* After login and reload. */
  async function restore() {
    const user = session.user?.id
    if (!user) return
    const stored = await uploadsOf(user).catch(() => [])
    entries.value = [...entries.value, ...stored.filter(({ clientId }) => !find(clientId))].sort(
      (a, b) => a.writtenAt - b.writtenAt,
    )
    flush()
  }

  async function send(about: NewFile, blob: Blob, replyTo?: string) {
    const user = session.user?.id
    if (!user) return
    const last = entries.value.at(-1)?.writtenAt ?? 0
    const writtenAt = Math.max(Date.now(), last + 1)
    await keep({ ...about, clientId: newId(), user, blob, writtenAt, replyTo })
    flush()
  }

  async function retry(clientId: string) {
    await change(clientId, { failed: undefined })
    flush()
  }

  /* Neither here nor at the server is anything left of it. */
  async function drop(clientId: string) {
    const url = find(clientId)?.url
    running.get(clientId)?.abort()
    await forget(clientId)
    if (url) await removeFile(idOf(url)).catch(() => undefined)
  }

  function flush() {
    if (!sending) void sendAll()
  }

  /* One at a time, and of two tabs one. */
  async function sendAll() {
    sending = true
    try {
      const all = async () => {
        for (let next = nextOne(); next && link.online; next = nextOne()) await sendOne(next)
      }
      await (navigator.locks ? navigator.locks.request('consultd.uploads', all) : all())
      pause = RETRY_MIN_MS
    } catch {
      clearTimeout(timer)
      timer = setTimeout(flush, pause)
      pause = Math.min(pause * 2, RETRY_MAX_MS)
    } finally {
      sending = false
    }
  }

  function nextOne() {
    return entries.value.find((entry) => entry.failed === undefined)
  }

  async function sendOne(entry: UploadEntry) {
    const { clientId } = entry
    const stop = new AbortController()
    running.set(clientId, stop)
    try {
      await announce(entry, entry.file ?? (await upload(entry, stop.signal)))
      await forget(clientId)
    } catch (error) {
      if (stop.signal.aborted) return
      if (isTransient(error)) throw error
      // What the server refused is not there any more.
      await change(clientId, { failed: asApiError(error).code, url: undefined, file: undefined })
    } finally {
      running.delete(clientId)
    }
  }

  async function upload({ clientId, blob, url, ...entry }: UploadEntry, stop: AbortSignal) {
    const { consult, kind, name, width, height, durationMs, waveform } = entry
    const about = { consult, kind, name, width, height, durationMs, waveform }
    const file = await sendFile(
      blob,
      about,
      url,
      {
        begun: (at) => void change(clientId, { url: at }),
        sent: (part) => progress.set(clientId, part),
      },
      stop,
    )
    await change(clientId, { file })
    return file
  }

  async function announce({ consult, clientId, kind, replyTo }: UploadEntry, file: string) {
    const { message } = await ask('message:send', { consult, clientId, kind, file, replyTo })
    const me = session.user
    if (!me) return
    const sender = { id: me.id, name: me.name, role: me.role }
    messages.received({ ...message, consult, clientId, sender, kind, replyTo })
  }

  /* A message of mine came by another way: from my other tab, or with a join after a lost answer. */
  function settled(message: Message) {
    if (message.sender.id !== session.user?.id || !find(message.clientId)) return
    running.get(message.clientId)?.abort()
    void forget(message.clientId)
  }

  function clear() {
    clearTimeout(timer)
    for (const stop of running.values()) stop.abort()
    entries.value = []
    progress.clear()
  }

  return { entries, progress, of, restore, send, retry, drop, flush, settled, clear }
})
