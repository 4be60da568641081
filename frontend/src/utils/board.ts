/* The day of a doctor. */
import type { AppointmentStatus, Board, BoardItem } from '@/api/models'

export const COLUMNS = ['waiting', 'in_consult', 'to_sign', 'unread', 'later'] as const

export type Column = (typeof COLUMNS)[number]

/* Of the policy a clinic begins with; where it is another the server says no. */
const GRACE_MS = 15 * 60_000

export function canMarkNoShow(status: AppointmentStatus, startAt: string, now: number): boolean {
  return status === 'booked' && now >= Date.parse(startAt) + GRACE_MS
}

/* From when on the one who should be here may be marked as missing; null: nobody is missing. */
export function noShowFrom(item: BoardItem, now: number): number | null {
  if (item.column !== 'later' || !item.start || Date.parse(item.start) > now) return null
  return Date.parse(item.start) + GRACE_MS
}

export function minutesSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 60_000))
}

/* Of a note that is not signed: from two hours on it is due, from a day on overdue, as the reminders have it. */
export function owed(item: BoardItem, now: number): 'due' | 'overdue' | undefined {
  if (item.column !== 'to_sign' || !item.since) return undefined
  const minutes = minutesSince(item.since, now)
  return minutes >= 1440 ? 'overdue' : minutes >= 120 ? 'due' : undefined
}

/* "12 min", "5 hr", "3 days": the largest whole unit that still tells something. */
export function durationText(minutes: number, locale: string): string {
  const [value, unit] =
    minutes < 120 ? [minutes, 'minute'] : minutes < 2880 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day']
  const options = { style: 'unit', unit, unitDisplay: locale === 'en' ? 'short' : 'long' } as const
  return new Intl.NumberFormat(locale, options).format(Math.floor(value))
}

export function byColumn(items: BoardItem[]): { column: Column; items: BoardItem[] }[] {
  return COLUMNS.map((column) => ({ column, items: items.filter((item) => item.column === column) }))
}

export function keyOf(item: BoardItem): string {
  return `${item.column}.${item.consult ?? item.appointment ?? item.patient.id}`
}

export interface Glance {
  state: 'here' | 'busy' | 'away'
  waiting: number
  next: BoardItem | undefined
}

/* A board in a line: who waits is next, and else who comes later. */
export function glance({ doctorHere, items }: Board): Glance {
  const of = (column: Column) => items.filter((item) => item.column === column)
  return {
    state: !doctorHere ? 'away' : of('in_consult').length > 0 ? 'busy' : 'here',
    waiting: of('waiting').length,
    next: of('waiting')[0] ?? of('later')[0],
  }
}
