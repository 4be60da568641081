/* A text that survives reloads: v-model it, it is written down as it changes. */
import { ref, watch } from 'vue'
import { useDraftsStore } from '@/stores/drafts'

export function useDraft(place: () => string) {
  const drafts = useDraftsStore()
  const text = ref(drafts.read(place()))

  watch(text, (written) => drafts.write(place(), written), { flush: 'sync' })
  watch(place, (now) => (text.value = drafts.read(now)))
  return text
}
