/* What a dialog makes new, once however often it is sent, and then closes. */
import { ref } from 'vue'
import { useAttempt } from '@/composables/useAttempt'
import { useRun } from '@/composables/useRun'

export function useSave(place: () => string, close: () => void) {
  const { attempt } = useAttempt(place)
  const { busy, error, run } = useRun(close)
  const tried = ref(false)

  function save(faulty: boolean, content: unknown, act: (key: string) => Promise<void>) {
    tried.value = true
    return faulty ? undefined : run(() => attempt(content, act))
  }

  return { busy, error, tried, save }
}
