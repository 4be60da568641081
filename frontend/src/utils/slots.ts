import type { Slot } from '@/api/models'

/* Seven midnights of the reader's zone, `weeks` after today, and the one that ends them. */
export function weekDays(now: Date, weeks: number): { days: Date[]; end: Date } {
  const day = (offset: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + 7 * weeks + offset)
  return { days: [0, 1, 2, 3, 4, 5, 6].map(day), end: day(7) }
}

export function dayKey(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

export function slotsByDay(slots: Slot[]): Map<string, Slot[]> {
  const days = new Map<string, Slot[]>()
  for (const slot of slots) {
    const key = dayKey(new Date(slot.startAt))
    days.set(key, [...(days.get(key) ?? []), slot])
  }
  return days
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening'

export function partsOfDay(slots: Slot[]): { part: PartOfDay; slots: Slot[] }[] {
  const of = ({ startAt }: Slot): PartOfDay => {
    const hour = new Date(startAt).getHours()
    return hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
  }
  return (['morning', 'afternoon', 'evening'] as const)
    .map((part) => ({ part, slots: slots.filter((slot) => of(slot) === part) }))
    .filter(({ slots: some }) => some.length > 0)
}
