/* Every socket.on(...) -> a store action, and the moments that concern several stores. Called once by
   main.ts. */
import { watch } from 'vue'
import { theSocket } from '@/realtime/socket'
import { useAccessStore } from '@/stores/access'
import { useAgendaStore } from '@/stores/agenda'
import { useAlertsStore } from '@/stores/alerts'
import { useAppointmentsStore } from '@/stores/appointments'
import { useBoardStore } from '@/stores/board'
import { useCallStore } from '@/stores/call'
import { useCanvasStore } from '@/stores/canvas'
import { useCanvasOutboxStore } from '@/stores/canvasOutbox'
import { useClinicStore } from '@/stores/clinic'
import { useClockStore } from '@/stores/clock'
import { useConsentsStore } from '@/stores/consents'
import { useConsultsStore } from '@/stores/consults'
import { useDeskStore } from '@/stores/desk'
import { useEmergencyStore } from '@/stores/emergency'
import { useFamilyStore } from '@/stores/family'
import { useFilesStore } from '@/stores/files'
import { useHealthStore } from '@/stores/health'
import { useHoursStore } from '@/stores/hours'
import { useLeaveStore } from '@/stores/leave'
import { useLinkStore } from '@/stores/link'
import { useMessagesStore } from '@/stores/messages'
import { useNotificationsStore } from '@/stores/notifications'
import { useOutboxStore } from '@/stores/outbox'
import { useOverviewStore } from '@/stores/overview'
import { usePaymentsStore } from '@/stores/payments'
import { usePrescriptionsStore } from '@/stores/prescriptions'
import { usePresenceStore } from '@/stores/presence'
import { usePrivacyStore } from '@/stores/privacy'
import { useQueueStore } from '@/stores/queue'
import { useQuickRepliesStore } from '@/stores/quickReplies'
import { useReceiptsStore } from '@/stores/receipts'
import { useRecordStore } from '@/stores/record'
import { useResultsStore } from '@/stores/results'
import { useSearchStore } from '@/stores/search'
import { useSessionStore } from '@/stores/session'
import { useTransfersStore } from '@/stores/transfers'
import { useTypingStore } from '@/stores/typing'
import { useUploadsStore } from '@/stores/uploads'
import { useVersionStore } from '@/stores/version'

export function listen() {
  const session = useSessionStore()
  const link = useLinkStore()
  const consults = useConsultsStore()
  const appointments = useAppointmentsStore()
  const notifications = useNotificationsStore()
  const clinic = useClinicStore()
  const clock = useClockStore()
  const queue = useQueueStore()
  const family = useFamilyStore()
  const files = useFilesStore()
  const consents = useConsentsStore()
  const agenda = useAgendaStore()
  const alerts = useAlertsStore()
  const board = useBoardStore()
  const call = useCallStore()
  const canvas = useCanvasStore()
  const canvasOutbox = useCanvasOutboxStore()
  const desk = useDeskStore()
  const hours = useHoursStore()
  const leave = useLeaveStore()
  const messages = useMessagesStore()
  const outbox = useOutboxStore()
  const overview = useOverviewStore()
  const payments = usePaymentsStore()
  const privacy = usePrivacyStore()
  const prescriptions = usePrescriptionsStore()
  const presence = usePresenceStore()
  const receipts = useReceiptsStore()
  const record = useRecordStore()
  const results = useResultsStore()
  const transfers = useTransfersStore()
  const typing = useTypingStore()
  const uploads = useUploadsStore()
  const version = useVersionStore()
  const socket = theSocket(() => session.token)

  socket.on('connect', () => {
    link.connected()
    void call.rebind()
    void clock.sync()
    void version.check()
    if (session.guestOf) return
    messages.rejoin()
    canvas.rejoin()
    canvasOutbox.flush()
    outbox.flush()
    uploads.flush()
    void record.flush()
    receipts.retry()
    void consults.refresh().then(() => call.catchUp(consults.talking))
    void transfers.refresh().catch(() => undefined)
    board.refreshSoon()
    void overview.refresh()
    void appointments.refresh()
    void notifications.refresh()
    void prescriptions.refresh()
    queue.rejoin()
  })
  socket.on('disconnect', () => {
    link.lost()
    messages.lost()
  })
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    link.lost()
    if (error.data?.code === 'unauthorized') void renew()
  })

  socket.on('message:new', (message) => {
    outbox.settled(message)
    uploads.settled(message)
    typing.heard(message.consult, message.sender.id, false)
    messages.received(message)
  })
  socket.on('message:recalled', (recalled) => messages.recalled(recalled))
  socket.on('message:read', ({ consult, user, seq }) => presence.readBy(consult, user, seq))
  socket.on('message:delivered', ({ consult, user, seq }) => presence.deliveredTo(consult, user, seq))
  socket.on('typing', ({ consult, user, on }) => typing.heard(consult, user, on))
  socket.on('presence:changed', ({ consult, user, online }) => presence.isOnline(consult, user, online))
  socket.on('unread:changed', ({ consult, lastSeq, unread }) => {
    alerts.unreadChanged(consult, lastSeq, unread)
    consults.unreadChanged(consult, lastSeq, unread)
  })
  socket.on('consult:changed', ({ consult }) => {
    consults.changed(consult)
    board.refreshSoon(consult.doctor.id)
  })
  socket.on('consult:transfer', (change) => transfers.changed(change))
  socket.on('prescription:changed', ({ prescription }) => prescriptions.changed(prescription))
  socket.on('appointment:changed', ({ appointment }) => {
    appointments.changed(appointment)
    agenda.changed(appointment)
    board.refreshSoon(appointment.doctor.id)
  })
  socket.on('result:signed', ({ consult }) => results.signed(consult))
  socket.on('result:acknowledged', ({ consult, version: number, at }) => results.acknowledged(consult, number, at))
  socket.on('queue:changed', (change) => {
    queue.changed(change)
    if (!('doctor' in change)) return
    agenda.refreshSoon(change.doctor)
    board.refreshSoon(change.doctor)
    overview.refreshSoon(change.doctor)
  })
  socket.on('notification:new', ({ notification, unread }) => notifications.added(notification, unread))
  socket.on('notification:read', ({ unread }) => notifications.readElsewhere(unread))

  socket.on('call:invite', ({ call: next, from }) => call.invited(next, from))
  for (const event of ['call:accept', 'call:decline', 'call:leave'] as const)
    socket.on(event, ({ call: next }) => call.changed(next))
  socket.on('call:answered-elsewhere', ({ call: id, reason }) => call.answeredElsewhere(id, reason))
  socket.on('call:signal', (signal) => call.heard(signal))

  socket.on('board:op', ({ consult, by, ops }) =>
    canvas.received(
      consult,
      ops.map((op) => ({ ...op, by })),
    ),
  )
  socket.on('board:lock', ({ consult, on }) => canvas.lockedIs(consult, on))
  socket.on('board:cursor', ({ consult, on, ...cursor }) => canvas.pointed(consult, cursor, on))

  async function renew() {
    const spent = session.token
    if (spent && (await session.renew(spent))) link.start()
  }

  const ofOneUser = [
    useAccessStore(),
    useEmergencyStore(),
    agenda,
    alerts,
    appointments,
    board,
    call,
    canvas,
    canvasOutbox,
    clinic,
    consents,
    consults,
    desk,
    family,
    files,
    useHealthStore(),
    hours,
    leave,
    messages,
    notifications,
    outbox,
    overview,
    payments,
    prescriptions,
    presence,
    privacy,
    queue,
    useQuickRepliesStore(),
    receipts,
    record,
    results,
    useSearchStore(),
    transfers,
    typing,
    uploads,
  ]

  /* Another user, or nobody: what is in memory belonged to the one before. */
  watch(
    () => session.user?.id,
    (user, before) => {
      if (before !== undefined) {
        link.stop()
        for (const store of ofOneUser) store.clear()
      }
      if (user === undefined) return
      link.start()
      void outbox.restore()
      void uploads.restore()
      canvasOutbox.restore()
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
