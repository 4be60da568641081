/* The photo that is shown large; one at a time on the page. */
import { computed, ref } from 'vue'
import { useMessagesStore } from '@/stores/messages'

const consult = ref('')
const id = ref('')

export function useLightbox() {
  const messages = useMessagesStore()

  /* All photos of the consult that are loaded: one leafs through them. */
  const all = computed(() =>
    (messages.room(consult.value)?.messages ?? []).filter(
      ({ kind, file, recalledAt }) => kind === 'image' && file && !recalledAt,
    ),
  )
  const at = computed(() => all.value.findIndex(({ file }) => file?.id === id.value))
  const shown = computed(() => all.value[at.value] ?? null)

  function open(of: string, file: string) {
    consult.value = of
    id.value = file
  }

  function close() {
    id.value = ''
  }

  function step(by: number) {
    id.value = all.value[at.value + by]?.file?.id ?? id.value
  }

  return { shown, at, count: computed(() => all.value.length), open, close, step }
}
