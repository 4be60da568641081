/* A connection to each of the others in the call. */
import { computed, onScopeDispose, shallowReactive, watch } from 'vue'
import type { CallSignal, CallUser } from '@/api/models'
import type { useDevices } from '@/composables/useDevices'
import { usePeer } from '@/composables/usePeer'
import { useCallStore } from '@/stores/call'
import { useLinkStore } from '@/stores/link'
import { useSessionStore } from '@/stores/session'
import { worst } from '@/utils/callStats'

const REPORT_MS = 30_000

type Entry = { peer: ReturnType<typeof usePeer>; leg: string; mine: string }

export function useCallMesh(devices: ReturnType<typeof useDevices>) {
  const call = useCallStore()
  const link = useLinkStore()
  const session = useSessionStore()
  const entries = shallowReactive(new Map<string, Entry>())
  let since = 0
  let reported = false

  /* The doctor insists; among the others the order of ids decides, which outlives a new leg. */
  function polite(user: CallUser): boolean {
    const me = session.user
    if (me?.role === 'doctor' || user.role === 'doctor') return user.role === 'doctor'
    return (me?.id ?? '') < user.id
  }

  function open(user: CallUser): ReturnType<typeof usePeer> {
    return usePeer({
      user,
      polite: polite(user),
      video: call.call?.media === 'video',
      ice: () => call.mine?.iceServers ?? [],
      tracks: () => ({ audio: devices.audio.value, video: devices.video.value }),
      self: () => ({
        mic: devices.mic.value && devices.audio.value !== null,
        cam: devices.video.value !== null,
        screen: devices.screen.value !== null,
      }),
      send: (part) => {
        const to = entries.get(user.id)?.leg
        if (to) call.signal(to, part)
      },
      online: () => link.online,
      changed: (state, reading) => {
        const { loss, rttMs } = reading?.sample ?? {}
        const setupMs = reported ? undefined : Date.now() - since
        reported ||= state === 'connected'
        call.report({ state, setupMs, candidateType: reading?.candidateType, loss, rttMs })
      },
    })
  }

  /* How it goes now, for the log: while it goes on, and before this page is gone from it. */
  function tell() {
    const connected = [...entries.values()].filter(({ peer }) => peer.view.state === 'connected')
    const reading = worst(connected.flatMap(({ peer }) => peer.view.reading ?? []))
    if (reading)
      call.report({ state: 'connected', candidateType: reading.candidateType, ...reading.sample })
  }

  function sync() {
    const legs = call.mine ? call.others : []
    const present = new Set(legs.map(({ user }) => user.id))
    for (const [user, { peer }] of entries) {
      if (present.has(user)) continue
      peer.close()
      entries.delete(user)
    }
    for (const { id: leg, user } of legs) {
      const known = entries.get(user.id)
      const mine = call.mine?.leg ?? ''
      if (known?.leg === leg && known.mine === mine) continue
      const entry = { peer: known?.peer ?? open(user), leg, mine }
      entries.set(user.id, entry)
      entry.peer.hello()
    }
  }

  function heard(signal: CallSignal) {
    const leg = call.call?.legs.find(({ id }) => id === signal.from)
    if (leg) entries.get(leg.user.id)?.peer.take(signal)
  }

  watch(
    () => call.mine?.call,
    () => {
      since = Date.now()
      reported = false
    },
  )
  watch([() => call.mine, () => call.others], sync)
  watch([devices.audio, devices.video], () => entries.forEach(({ peer }) => peer.attach()))
  watch([devices.audio, devices.video, devices.mic, devices.screen], () =>
    entries.forEach(({ peer }) => peer.tellSelf()),
  )
  const hurry = () => entries.forEach(({ peer }) => peer.hurry())
  const teller = setInterval(tell, REPORT_MS)
  addEventListener('online', hurry)
  addEventListener('pagehide', tell)
  call.signals.add(heard)
  onScopeDispose(() => {
    clearInterval(teller)
    removeEventListener('online', hurry)
    removeEventListener('pagehide', tell)
    call.signals.delete(heard)
    entries.forEach(({ peer }) => peer.close())
  })

  return { peers: computed(() => [...entries.values()].map(({ peer }) => peer.view)), hurry, tell }
}
