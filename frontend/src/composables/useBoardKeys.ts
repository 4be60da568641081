/* J and K go down and up the cards; Enter does what the card is for. Not while something is written. */
import { onMounted, onUnmounted, type Ref } from 'vue'
import { isWriting } from '@/utils/keys'

export function useBoardKeys(board: Readonly<Ref<HTMLElement | null>>) {
  function cards() {
    return [...(board.value?.querySelectorAll<HTMLElement>('[data-card]') ?? [])]
  }

  function step(by: 1 | -1) {
    const all = cards()
    const at = all.findIndex((card) => card.contains(document.activeElement))
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by
    all[Math.min(Math.max(next, 0), all.length - 1)]?.focus()
  }

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return
    const key = event.key.toLowerCase()
    if (key === 'j') step(1)
    else if (key === 'k') step(-1)
    else if (
      key === 'enter' &&
      event.target instanceof HTMLElement &&
      event.target.dataset['card'] !== undefined
    )
      event.target.querySelector<HTMLElement>('[data-primary]')?.click()
    else return
    event.preventDefault()
  }

  onMounted(() => addEventListener('keydown', press))
  onUnmounted(() => removeEventListener('keydown', press))
}
