/* The cameras, microphones and loudspeakers that are plugged in, as they come and go. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { DeviceKind } from '@/stores/devices'

const KINDS: Record<DeviceKind, MediaDeviceKind> = {
  microphone: 'audioinput',
  camera: 'videoinput',
  speaker: 'audiooutput',
}

type List = Record<DeviceKind, MediaDeviceInfo[]>

/* `opened`: what may have made names known. */
export function useDeviceList(opened: () => unknown[]) {
  const list = shallowRef<List>({ microphone: [], camera: [], speaker: [] })

  async function look() {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []
    const of = (kind: DeviceKind) => all.filter(({ kind: one, deviceId }) => one === KINDS[kind] && deviceId)
    list.value = { microphone: of('microphone'), camera: of('camera'), speaker: of('speaker') }
  }

  watch(opened, look, { immediate: true })
  navigator.mediaDevices?.addEventListener('devicechange', look)
  onScopeDispose(() => navigator.mediaDevices?.removeEventListener('devicechange', look))
  return { list }
}
