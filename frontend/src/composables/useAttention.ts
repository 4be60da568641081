/* Whether somebody looks at the page: it is visible and has the focus. */
import { onScopeDispose, ref } from 'vue'

export function useAttention() {
  const attentive = ref(false)

  function look() {
    attentive.value = document.visibilityState === 'visible' && document.hasFocus()
  }

  look()
  document.addEventListener('visibilitychange', look)
  addEventListener('focus', look)
  addEventListener('blur', look)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', look)
    removeEventListener('focus', look)
    removeEventListener('blur', look)
  })
  return attentive
}
