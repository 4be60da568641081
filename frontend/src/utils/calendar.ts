/* Days, hours and zones in words of the reader's language. */
import { addDays, instantOf } from '@/utils/zone'

const SHORT: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric' }
const LONG: Intl.DateTimeFormatOptions = { year: 'numeric', ...SHORT }

/* "GMT+8" of the moment; in summer another. */
export function zoneName(zone: string, at: Date, locale: string): string {
  const said = (timeZoneName: 'long' | 'shortOffset') =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return `${said('long')} (${said('shortOffset')})`
}

export function zonesDiffer(zone: string, at: Date): boolean {
  const offset = (timeZone?: string) =>
    new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value
  return offset(zone) !== offset()
}

function offsetName(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/* Of a day: "GMT+1", or "GMT+1 → GMT+2" when its clock jumps. */
export function offsetsOn(date: string, zone: string): string {
  const [start, end] = [date, addDays(date, 1)].map((day) => instantOf({ date: day, minute: 0 }, zone))
  const names = [start, end && new Date(end.getTime() - 1)].map((at) => (at ? offsetName(at, zone) : ''))
  return [...new Set(names)].join(' → ')
}

function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`)
}

/* `date` is a day of a calendar, in no zone. */
export function dayName(date: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(noon(date))
}

/* 1 Monday … 7 Sunday. */
export function weekdayName(weekday: number, locale: string): string {
  return dayName(`2026-06-0${weekday}`, locale, { weekday: 'long' })
}

export function momentText(at: Date, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}

/* The moment, and by the reader's clock as well when that shows another. */
export function bothText(at: Date, zone: string, locale: string, mine: (when: string) => string): string {
  const text = momentText(at, zone, locale)
  if (!zonesDiffer(zone, at)) return text
  const own = new Intl.DateTimeFormat(locale).resolvedOptions().timeZone
  return `${text} (${mine(momentText(at, own, locale))})`
}

export function rangeText(from: Date, to: Date, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatRange(from, to)
}

/* "23 – 29 November 2026", or one day. */
export function daysText(dates: string[], locale: string): string {
  const [first, last] = [dates[0] ?? '', dates.at(-1) ?? '']
  if (first === last)
    return dayName(first, locale, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' })
  // Of a range in Chinese the browsers make 2026/11/23 – 2026/11/29.
  if (locale.startsWith('zh')) return `${dayName(first, locale, LONG)} – ${dayName(last, locale, SHORT)}`
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...LONG }).formatRange(noon(first), noon(last))
}
