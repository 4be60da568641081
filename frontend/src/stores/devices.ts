/* What this device prefers: which camera and microphone, and whether it rings. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { localRead, localWrite } from '@/storage/local'
import { newId } from '@/utils/ids'

export const useDevicesStore = defineStore('devices', () => {
  const rings = ref(localRead('device.silent') === null)
  const microphone = ref(localRead('device.microphone') ?? '')
  const camera = ref(localRead('device.camera') ?? '')
  const id = localRead('device.id') ?? newId()
  localWrite('device.id', id)

  function setRings(on: boolean) {
    rings.value = on
    localWrite('device.silent', on ? null : '1')
  }

  function choose(kind: 'microphone' | 'camera', device: string) {
    const chosen = kind === 'camera' ? camera : microphone
    chosen.value = device
    localWrite(`device.${kind}`, device || null)
  }

  return { id, rings, microphone, camera, setRings, choose }
})
