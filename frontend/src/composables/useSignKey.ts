/* Ctrl (or Cmd) and Enter, wherever the doctor writes: but what is being said is sent, and a dialog is a dialog's. */
import { onMounted, onUnmounted } from 'vue'

export function useSignKey(sign: () => unknown) {
  function press(event: KeyboardEvent) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || event.defaultPrevented) return
    if (event.target instanceof HTMLElement && event.target.closest('[role=dialog], #composer-text')) return
    event.preventDefault()
    sign()
  }

  onMounted(() => addEventListener('keydown', press))
  onUnmounted(() => removeEventListener('keydown', press))
}
