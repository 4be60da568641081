/* A guest of a call: in by a link that is good once, then in and out of the calls of one consult until his
   token ends. */
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { asApiError } from '@/api/error'
import type { CallMedia } from '@/api/models'
import { useCall } from '@/composables/useCall'
import { useCallStore } from '@/stores/call'
import { useLinkStore } from '@/stores/link'
import { useSessionStore } from '@/stores/session'

export type GuestStep = 'link' | 'ready' | 'waiting' | 'call' | 'spent' | 'over'

export function useGuest() {
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  const store = useCallStore()
  const link = useLinkStore()
  const call = useCall()
  const busy = ref(false)
  const error = ref<unknown>(null)
  const spent = ref(false)
  const was = ref(session.guestOf !== null)
  /* He said how he wants to be in, and nobody calls yet. */
  const wanted = ref<CallMedia | null>(null)

  const token = computed(() => route.hash.slice(1))
  const step = computed<GuestStep>(() => {
    if (spent.value) return 'spent'
    if (token.value) return 'link'
    if (!session.guestOf) return was.value ? 'over' : 'spent'
    if (store.mine) return 'call'
    return wanted.value ? 'waiting' : 'ready'
  })

  async function run(task: () => Promise<void>) {
    if (busy.value) return
    busy.value = true
    error.value = null
    await task().catch((failure: unknown) => (error.value = failure))
    busy.value = false
  }

  /* Said by a touch and not by opening the page: whatever only looks at links would use it up. */
  function enter() {
    return run(async () => {
      try {
        await session.enterAsGuest(token.value)
        was.value = true
      } catch (failure) {
        if (asApiError(failure).code !== 'unauthorized') throw failure
        spent.value = true
      }
      await router.replace({ name: 'guest' })
    })
  }

  function join(media: CallMedia) {
    wanted.value = media
    return run(async () => {
      const consult = session.guestOf
      if (!consult || !link.online) return
      try {
        await call.accept(consult, undefined, media)
        wanted.value = null
      } catch (failure) {
        if (asApiError(failure).code === 'not-found') return
        wanted.value = null
        throw failure
      }
    })
  }

  /* It begins, or the connection that did not tell of it is back. */
  watch(
    () => [link.online, store.ringing?.call.id],
    () => wanted.value && !store.mine && void join(wanted.value),
  )
  /* Another link in the same tab. */
  watch(token, (now) => now && (spent.value = false))

  return { step, busy, error, enter, join, wait: () => (wanted.value = null), leave: session.logout }
}
