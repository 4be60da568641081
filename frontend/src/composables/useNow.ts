/* The time, renewed each minute, for words such as "today". */
import { onScopeDispose, ref } from 'vue'

export function useNow() {
  const now = ref(new Date())
  const timer = setInterval(() => (now.value = new Date()), 60_000)

  onScopeDispose(() => clearInterval(timer))
  return now
}
