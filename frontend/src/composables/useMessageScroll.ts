/* The scrolling of a list whose end matters: stays at the end while new rows come, stays in place while old
   rows are put above, and tells how far the reader has seen. Rows carry data-seq. */
import { onBeforeUpdate, onMounted, onBeforeUnmount, onUpdated, ref, type Ref } from 'vue'

const NEAR_PX = 48

interface Hooks {
  firstSeq(): number | undefined
  top(): void
  seen(seq: number): void
}

export function useMessageScroll(scroller: Ref<HTMLElement | null>, { firstSeq, top, seen }: Hooks) {
  const atEnd = ref(true)
  let placed = false
  let height = 0
  let before = { first: undefined as number | undefined, fromEnd: 0 }
  let frame = 0

  function toEnd(gently = false) {
    const smooth = gently && !matchMedia('(prefers-reduced-motion: reduce)').matches
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
  }

  /* To a row, and no more to the end when something comes. */
  function toRow(row: HTMLElement) {
    placed = true
    atEnd.value = false
    row.scrollIntoView({ block: 'center' })
  }

  function look() {
    frame = 0
    const list = scroller.value
    if (!list || list.clientHeight === 0) return
    // A frame may come before the observer of sizes: what stood at the end of a higher window still does.
    if (atEnd.value && placed && list.clientHeight < height) toEnd()
    height = list.clientHeight
    atEnd.value = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX
    if (list.scrollTop < 240 && placed) top()
    report(list)
  }

  function lookSoon() {
    frame ||= requestAnimationFrame(look)
  }

  /* The last row whose first line is inside the window. */
  function report(list: HTMLElement) {
    const end = list.getBoundingClientRect().bottom - 20
    const rows = [...list.querySelectorAll<HTMLElement>('[data-seq]')]
    const last = rows.findLast((row) => row.getBoundingClientRect().top < end)
    if (last) seen(Number(last.dataset['seq']))
  }

  /* Opening: at the line of new messages if there is one, else at the end. */
  function place() {
    const list = scroller.value
    if (!list || firstSeq() === undefined) return
    const line = list.querySelector<HTMLElement>('[data-unread]')
    if (line) list.scrollTop = line.offsetTop - list.clientHeight / 4
    else toEnd()
    placed = true
  }

  function reset() {
    placed = false
  }

  onBeforeUpdate(() => {
    const list = scroller.value
    if (list) before = { first: firstSeq(), fromEnd: list.scrollHeight - list.scrollTop }
  })
  let shownFirst: number | undefined
  onUpdated(() => {
    const list = scroller.value
    if (!list) return
    if (!placed) place()
    else if (shownFirst !== undefined && (before.first ?? 0) < shownFirst)
      list.scrollTop = list.scrollHeight - before.fromEnd
    else if (atEnd.value) toEnd()
    shownFirst = firstSeq()
    lookSoon()
  })

  let sizes: ResizeObserver | undefined
  onMounted(() => {
    place()
    shownFirst = firstSeq()
    // The keyboard of a phone, or a growing composer, takes height: the end stays in sight.
    sizes = new ResizeObserver(() => {
      if (atEnd.value) toEnd()
      lookSoon()
    })
    if (scroller.value) sizes.observe(scroller.value)
    lookSoon()
  })
  onBeforeUnmount(() => {
    sizes?.disconnect()
    cancelAnimationFrame(frame)
  })

  return { atEnd, toEnd, toRow, look: lookSoon, reset }
}
