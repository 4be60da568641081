/* The server's time, renewed each second, for countdowns. */
import { onScopeDispose, ref } from 'vue'
import { useClockStore } from '@/stores/clock'

export function useServerNow() {
  const clock = useClockStore()
  const now = ref(clock.now())
  const timer = setInterval(() => (now.value = clock.now()), 1_000)

  onScopeDispose(() => clearInterval(timer))
  return now
}
