/* The first words to a doctor. They and their clientId survive a reload, so that "did it go out?" has one
   answer: sending the same again starts no second consult. */
import { computed, ref } from 'vue'
import { useDraft } from '@/composables/useDraft'
import { useConsultsStore } from '@/stores/consults'
import { useDraftsStore } from '@/stores/drafts'
import { newId } from '@/utils/ids'
import { isSendable } from '@/utils/text'

export function useStartConsult(doctor: () => string) {
  const consults = useConsultsStore()
  const drafts = useDraftsStore()
  const text = useDraft(() => `start.${doctor()}`)
  const sending = ref(false)
  const error = ref<unknown>(null)
  const ready = computed(() => isSendable(text.value) && !sending.value)

  /* Tied to the text: other words are another consult. */
  function clientId(words: string): string {
    const place = `start-id.${doctor()}`
    const [id, ...kept] = drafts.read(place).split('\n')
    if (id && kept.join('\n') === words) return id
    const fresh = newId()
    drafts.write(place, `${fresh}\n${words}`)
    return fresh
  }

  /* The consult's id, or null: error says why. */
  async function start(): Promise<string | null> {
    if (!ready.value) return null
    const words = text.value.trim()
    sending.value = true
    error.value = null
    try {
      const consult = await consults.start(doctor(), words, clientId(words))
      drafts.write(`start-id.${doctor()}`, '')
      text.value = ''
      return consult
    } catch (failure) {
      error.value = failure
      return null
    } finally {
      sending.value = false
    }
  }

  return { text, sending, error, ready, start }
}
