/* A field that proposes while one types: arrows go through the proposals, Enter takes one, Esc closes them. */
import { onScopeDispose, ref, shallowRef } from 'vue'

const PAUSE_MS = 150

export function useTypeahead<T>(search: (text: string) => Promise<T[]>, take: (one: T) => void) {
  const text = ref('')
  const proposals = shallowRef<T[]>([])
  const at = ref(-1)
  const open = ref(false)
  const error = shallowRef<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function look() {
    const mine = ++asked
    try {
      const found = await search(text.value)
      if (mine !== asked) return
      proposals.value = found
      error.value = null
      at.value = found.length > 0 ? 0 : -1
      open.value = text.value.trim() !== ''
    } catch (failure) {
      if (mine === asked) error.value = failure
    }
  }

  function wrote() {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), PAUSE_MS)
  }

  function close() {
    clearTimeout(timer)
    asked++
    open.value = false
  }

  function choose(one: T) {
    take(one)
    text.value = ''
    proposals.value = []
    close()
  }

  function press(event: KeyboardEvent) {
    // What an input method composes is its own.
    if (event.isComposing || event.keyCode === 229) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const one = proposals.value[at.value]
    if (step && open.value) at.value = (at.value + step + proposals.value.length) % proposals.value.length
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (open.value && one !== undefined) choose(one)
    } else if (event.key === 'Escape' && open.value) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  onScopeDispose(() => clearTimeout(timer))
  return { text, proposals, at, open, error, wrote, press, choose, close }
}
