/* To a message that is looked for: what is older is asked for until it is there. Rows carry data-seq. */
import { nextTick, onMounted, ref, watch, type Ref } from 'vue'

interface Hooks {
  /* 0: nowhere. */
  to(): number
  firstSeq(): number | undefined
  older(): void
  show(row: HTMLElement): void
}

/* Returns the seq that was shown; 0: none yet. */
export function useMessageJump(scroller: Ref<HTMLElement | null>, { to, firstSeq, older, show }: Hooks) {
  const found = ref(0)

  function jump() {
    const first = firstSeq()
    const wanted = to()
    if (wanted === 0 || first === undefined || found.value === wanted) return
    if (first > wanted) return older()
    const row = scroller.value?.querySelector<HTMLElement>(`[data-seq="${wanted}"]`)
    if (!row) return
    found.value = wanted
    // Once the list has put itself in place for what came above.
    void nextTick(() => {
      show(row)
      row.tabIndex = -1
      row.focus({ preventScroll: true })
    })
  }

  onMounted(jump)
  watch([to, firstSeq], jump, { flush: 'post' })
  return found
}
