/* One attempt at something that must happen once. Its key is kept, over reloads too, until the answer is known;
   other content or a definite answer makes the next one another attempt. A second click meanwhile does nothing. */
import { ref } from 'vue'
import { isTransient } from '@/api/error'
import { useDraftsStore } from '@/stores/drafts'
import { newId } from '@/utils/ids'

export function useAttempt(place: () => string) {
  const drafts = useDraftsStore()
  const busy = ref(false)

  function keyFor(content: string): string {
    const [key, ...kept] = drafts.read(place()).split('\n')
    if (key && kept.join('\n') === content) return key
    const fresh = newId()
    drafts.write(place(), `${fresh}\n${content}`)
    return fresh
  }

  /* Undefined: one is under way already. */
  async function attempt<T>(content: unknown, act: (key: string) => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    try {
      const answer = await act(keyFor(JSON.stringify(content)))
      drafts.write(place(), '')
      return answer
    } catch (error) {
      if (!isTransient(error)) drafts.write(place(), '')
      throw error
    } finally {
      busy.value = false
    }
  }

  return { busy, attempt }
}
