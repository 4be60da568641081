/* Arrows, Home and End choose among tabs; the tabs themselves are one stop of the Tab key. */
export function useArrows<T>(list: () => readonly T[], now: () => T, choose: (one: T) => void) {
  const steps: Record<string, (at: number, count: number) => number> = {
    ArrowRight: (at, count) => (at + 1) % count,
    ArrowDown: (at, count) => (at + 1) % count,
    ArrowLeft: (at, count) => (at + count - 1) % count,
    ArrowUp: (at, count) => (at + count - 1) % count,
    Home: () => 0,
    End: (_at, count) => count - 1,
  }

  return function press(event: KeyboardEvent) {
    const all = list()
    const next = all[steps[event.key]?.(all.indexOf(now()), all.length) ?? -1]
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    choose(next)
    const tabs = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=tab]')
    tabs[all.indexOf(next)]?.focus()
  }
}
