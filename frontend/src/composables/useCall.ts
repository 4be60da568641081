/* The call of this page. It lives as long as the app, whatever page is open: App provides it. */
import { computed, inject, onScopeDispose, provide, ref, watch, type InjectionKey } from 'vue'
import type { CallMedia } from '@/api/models'
import { useCallMesh } from '@/composables/useCallMesh'
import { useDevices } from '@/composables/useDevices'
import { useLevel } from '@/composables/useLevel'
import { useCallStore } from '@/stores/call'
import { useLinkStore } from '@/stores/link'
import { useMessagesStore } from '@/stores/messages'
import { useSessionStore } from '@/stores/session'
import { bannerOf } from '@/utils/callBanner'

type CallOfPage = ReturnType<typeof makeCall>

const KEY: InjectionKey<CallOfPage> = Symbol('call')
const LOUD = 0.15

function makeCall() {
  const store = useCallStore()
  const link = useLinkStore()
  const session = useSessionStore()
  const messages = useMessagesStore()
  const devices = useDevices()
  const { peers, hurry, tell } = useCallMesh(devices)
  const busy = ref(false)
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1_000)
  onScopeDispose(() => clearInterval(timer))

  const level = useLevel(() => (store.mine && !devices.mic.value ? devices.audio.value : null))
  const worst = computed(() => {
    const levels = peers.value.map(({ quality }) => quality.level)
    return levels.find((one) => one === 'audio-only') ?? levels.find((one) => one === 'weak') ?? 'good'
  })
  const banner = computed(() =>
    bannerOf({
      online: link.online,
      level: worst.value,
      sendsVideo: devices.video.value !== null,
      mutedSpeaking: level.value > LOUD,
      peers: peers.value.map(({ user, state, self, downSince }) => ({
        name: user.name,
        state,
        paused: self.paused,
        downMs: now.value - downSince,
      })),
    }),
  )

  /* The devices first: what the other sees at once is a picture and not an empty frame. */
  async function enter(media: CallMedia, join: () => Promise<void>) {
    if (busy.value) return
    busy.value = true
    try {
      await devices.open(media)
      await join()
    } finally {
      if (!store.mine) devices.close()
      busy.value = false
    }
  }

  function start(consult: string, media: CallMedia) {
    return enter(media, () => store.invite(consult, media))
  }

  function accept(consult: string, call: string | undefined, media: CallMedia) {
    return enter(media, () => store.accept(consult, call))
  }

  function leave() {
    tell()
    return store.leave()
  }

  async function setCamera(on: boolean) {
    await devices.setCamera(on)
    if (on && devices.camera.value) store.report({ state: 'connected', media: 'video' })
  }

  watch(
    () => store.mine?.consult,
    (consult, before) => {
      // Its messages and signals come only to those who have it open. A guest has none.
      const guest = session.guestOf !== null
      if (before && !guest) messages.close(before)
      if (consult && !guest) messages.open(consult)
      if (!consult) devices.close()
    },
  )
  watch(
    () => [store.mine, devices.camera.value] as const,
    ([mine, camera]) => mine && store.remember(camera !== null),
  )
  watch(
    () => link.online && store.resumable,
    (back) => {
      if (back) accept(back.consult, back.call, back.video ? 'video' : 'audio').catch(() => store.forget())
    },
    { immediate: true },
  )

  return { devices, peers, banner, busy, start, accept, setCamera, hurry, leave }
}

export function provideCall() {
  const call = makeCall()
  provide(KEY, call)
  return call
}

export function useCall(): CallOfPage {
  const call = inject(KEY)
  if (!call) throw new Error('App provides the call')
  return call
}
