/* What this device prefers: which camera, microphone and loudspeaker, and whether it rings. */
import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'
import { localRead, localWrite } from '@/storage/local'
import { newId } from '@/utils/ids'

export type DeviceKind = 'microphone' | 'camera' | 'speaker'

export const useDevicesStore = defineStore('devices', () => {
  const rings = ref(localRead('device.silent') === null)
  const chosen = reactive<Record<DeviceKind, string>>({
    microphone: localRead('device.microphone') ?? '',
    camera: localRead('device.camera') ?? '',
    speaker: localRead('device.speaker') ?? '',
  })
  const id = localRead('device.id') ?? newId()
  localWrite('device.id', id)

  function setRings(on: boolean) {
    rings.value = on
    localWrite('device.silent', on ? null : '1')
  }

  function choose(kind: DeviceKind, device: string) {
    chosen[kind] = device
    localWrite(`device.${kind}`, device || null)
  }

  return { id, rings, chosen, setRings, choose }
})
