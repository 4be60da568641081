/* An open consult, while the page shows it. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import { useConsultsStore } from '@/stores/consults'
import { useMessagesStore } from '@/stores/messages'
import { useOutboxStore } from '@/stores/outbox'
import { usePresenceStore } from '@/stores/presence'
import { useSessionStore } from '@/stores/session'
import { useTypingStore } from '@/stores/typing'
import { useAttention } from '@/composables/useAttention'
import { firstUnreadSeq } from '@/utils/messages'

export function useConsultRoom(consult: () => string) {
  const session = useSessionStore()
  const consults = useConsultsStore()
  const messages = useMessagesStore()
  const outbox = useOutboxStore()
  const presence = usePresenceStore()
  const typing = useTypingStore()
  const attentive = useAttention()

  const me = computed(() => session.user?.id ?? '')
  const about = computed(() => consults.get(consult()))
  const room = computed(() => messages.room(consult()))
  const list = computed(() => room.value?.messages ?? [])
  const others = computed(() => presence.of(consult()).filter(({ id }) => id !== me.value))
  const lastReadSeq = computed(
    () => presence.of(consult()).find(({ id }) => id === me.value)?.lastReadSeq ?? 0,
  )
  const writing = computed(() => others.value.find(({ id }) => typing.isTyping(consult(), id)) ?? null)

  /* A message can be known already while its entry waits for the answer that got lost. */
  const pending = computed(() => {
    const stored = new Set(
      list.value.filter(({ sender }) => sender.id === me.value).map(({ clientId }) => clientId),
    )
    return outbox.of(consult()).filter(({ clientId }) => !stored.has(clientId))
  })

  /* Where the line "new messages" stands: set when the reader comes (back), gone when he answers. */
  const unreadFrom = ref<number | null>(null)
  let lineFor = ''
  watch([list, attentive, () => room.value?.fresh], ([now, , fresh], [, wasAttentive]) => {
    if (unreadFrom.value !== null || !fresh) return
    const opening = lineFor !== consult()
    if (!opening && wasAttentive) return
    lineFor = consult()
    unreadFrom.value = firstUnreadSeq(now, lastReadSeq.value, me.value)
  })

  function seen(seq: number) {
    if (attentive.value && seq > lastReadSeq.value) presence.markRead(consult(), seq)
  }

  function send(text: string, replyTo?: string) {
    unreadFrom.value = null
    void outbox.send(consult(), text, replyTo)
  }

  watch(
    consult,
    (now, before) => {
      if (before) messages.close(before)
      unreadFrom.value = null
      lineFor = ''
      messages.open(now)
    },
    { immediate: true },
  )
  onScopeDispose(() => messages.close(consult()))

  return {
    me,
    about,
    room,
    list,
    others,
    writing,
    pending,
    unreadFrom,
    lastReadSeq,
    attentive,
    seen,
    send,
    older: () => messages.loadOlder(consult()),
    reload: () => messages.join(consult()),
    recall: messages.recall,
    retry: outbox.retry,
    drop: outbox.drop,
  }
}

export type ConsultRoom = ReturnType<typeof useConsultRoom>
