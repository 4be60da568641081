/* M, V, S and L in a call, as long as nothing is written. */
import { onMounted, onUnmounted } from 'vue'
import type { useCall } from '@/composables/useCall'
import { isWriting } from '@/utils/keys'

export function useCallKeys(call: ReturnType<typeof useCall>) {
  const actions: Record<string, () => unknown> = {
    m: () => call.devices.setMic(!call.devices.mic.value),
    v: () => call.setCamera(!call.devices.camera.value),
    s: () => call.devices.share(),
    l: () => call.leave(),
  }

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return
    const action = isWriting(event.target) ? undefined : actions[event.key.toLowerCase()]
    if (!action) return
    event.preventDefault()
    void action()
  }

  onMounted(() => addEventListener('keydown', press))
  onUnmounted(() => removeEventListener('keydown', press))
}
