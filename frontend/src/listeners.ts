/* Every socket.on(...) -> a store action, and the moments that concern several stores. Called once by
   main.ts. */
import { watch } from 'vue'
import { theSocket } from '@/realtime/socket'
import { useConsultsStore } from '@/stores/consults'
import { useLinkStore } from '@/stores/link'
import { useMessagesStore } from '@/stores/messages'
import { useOutboxStore } from '@/stores/outbox'
import { usePresenceStore } from '@/stores/presence'
import { useReceiptsStore } from '@/stores/receipts'
import { useSessionStore } from '@/stores/session'
import { useTypingStore } from '@/stores/typing'
import { useVersionStore } from '@/stores/version'

export function listen() {
  const session = useSessionStore()
  const link = useLinkStore()
  const consults = useConsultsStore()
  const messages = useMessagesStore()
  const outbox = useOutboxStore()
  const presence = usePresenceStore()
  const receipts = useReceiptsStore()
  const typing = useTypingStore()
  const version = useVersionStore()
  const socket = theSocket(() => session.token)

  socket.on('connect', () => {
    link.connected()
    messages.rejoin()
    outbox.flush()
    receipts.retry()
    void consults.refresh()
    void version.check()
  })
  socket.on('disconnect', () => link.lost())
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    link.lost()
    if (error.data?.code === 'unauthorized') void renew()
  })

  socket.on('message:new', (message) => {
    outbox.settled(message)
    typing.heard(message.consult, message.sender.id, false)
    messages.received(message)
  })
  socket.on('message:read', ({ consult, user, seq }) => presence.readBy(consult, user, seq))
  socket.on('message:delivered', ({ consult, user, seq }) => presence.deliveredTo(consult, user, seq))
  socket.on('typing', ({ consult, user, on }) => typing.heard(consult, user, on))
  socket.on('presence:changed', ({ consult, user, online }) => presence.isOnline(consult, user, online))
  socket.on('unread:changed', ({ consult, lastSeq, unread }) =>
    consults.unreadChanged(consult, lastSeq, unread),
  )
  socket.on('consult:changed', ({ consult }) => consults.changed(consult))

  async function renew() {
    const spent = session.token
    if (spent && (await session.renew(spent))) link.start()
  }

  /* Another user, or nobody: what is in memory belonged to the one before. */
  watch(
    () => session.user?.id,
    (user, before) => {
      if (before !== undefined) {
        link.stop()
        for (const store of [consults, messages, outbox, presence, receipts, typing]) store.clear()
      }
      if (user === undefined) return
      link.start()
      void outbox.restore()
    },
    { immediate: true },
  )
  watch(
    () => session.token,
    (token) => token && void link.renewed(token),
  )

  function awake() {
    if (document.visibilityState !== 'visible') return
    link.hurry()
    void version.check()
  }
  document.addEventListener('visibilitychange', awake)
  addEventListener('online', awake)
}
