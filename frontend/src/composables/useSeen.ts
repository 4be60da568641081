/* Whether an element has come into view: what it shows is fetched then, not before. */
import { onScopeDispose, ref } from 'vue'

export function useSeen() {
  const seen = ref(false)
  let observer: IntersectionObserver | undefined

  function watchFor(element: Element | null) {
    if (!element) return
    observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return
      seen.value = true
      observer?.disconnect()
    })
    observer.observe(element)
  }

  onScopeDispose(() => observer?.disconnect())
  return { seen, watchFor }
}
