/* What this device prefers: which camera, microphone and loudspeaker, and how it calls for attention. */
import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'
import { localRead, localWrite } from '@/storage/local'
import { newId } from '@/utils/ids'

export type DeviceKind = 'microphone' | 'camera' | 'speaker'

export const useDevicesStore = defineStore('devices', () => {
  const rings = ref(localRead('device.silent') === null)
  const sounds = ref(localRead('device.quiet') === null)
  const notifies = ref(localRead('device.notifies') !== null)
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

  function setSounds(on: boolean) {
    sounds.value = on
    localWrite('device.quiet', on ? null : '1')
  }

  function setNotifies(on: boolean) {
    notifies.value = on
    localWrite('device.notifies', on ? '1' : null)
  }

  function choose(kind: DeviceKind, device: string) {
    chosen[kind] = device
    localWrite(`device.${kind}`, device || null)
  }

  return { id, rings, sounds, notifies, chosen, setRings, setSounds, setNotifies, choose }
})
