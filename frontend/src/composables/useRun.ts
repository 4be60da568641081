/* Something a dialog does before it closes; what went wrong stays in it. */
import { ref } from 'vue'

export function useRun(close: () => void) {
  const busy = ref(false)
  const error = ref<unknown>(null)

  async function run(task: () => Promise<unknown>) {
    if (busy.value) return
    busy.value = true
    error.value = null
    try {
      await task()
      close()
    } catch (failure) {
      error.value = failure
    } finally {
      busy.value = false
    }
  }

  return { busy, error, run }
}
