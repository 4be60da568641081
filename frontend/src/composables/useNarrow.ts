/* Whether the window is as narrow as a phone's. */
import { onScopeDispose, ref } from 'vue'

export function useNarrow(width = 767) {
  const query = matchMedia(`(max-width: ${width}px)`)
  const narrow = ref(query.matches)
  const changed = () => (narrow.value = query.matches)

  query.addEventListener('change', changed)
  onScopeDispose(() => query.removeEventListener('change', changed))
  return narrow
}
