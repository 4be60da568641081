/* Times in words of the reader's language and zone. */
type Zoned = { locale: string; timeZone?: string }

const DAY_MS = 86_400_000

function dayOf(date: Date, timeZone?: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(date)
  return Date.parse(`${parts}T00:00:00Z`)
}

/* Whole calendar days from `then` to `now` where the reader is. */
export function daysBetween(then: Date, now: Date, timeZone?: string): number {
  return Math.round((dayOf(now, timeZone) - dayOf(then, timeZone)) / DAY_MS)
}

export function isSameDay(a: Date, b: Date, timeZone?: string): boolean {
  return daysBetween(a, b, timeZone) === 0
}

export function clockTime(date: Date, { locale, timeZone }: Zoned): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(date)
}

/* For titles: nothing is left to guess. */
export function absoluteTime(date: Date, { locale, timeZone }: Zoned): string {
  return new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full', timeStyle: 'long' }).format(date)
}

function relativeDay(days: number, locale: string): string {
  const text = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day')
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
}

/* Heading over the messages of a day. */
export function dayTitle(date: Date, now: Date, { locale, timeZone }: Zoned): string {
  const days = daysBetween(date, now, timeZone)
  if (days === 0 || days === 1) return relativeDay(days, locale)

  const sameYear = dayOf(date, timeZone) > dayOf(now, timeZone) - 300 * DAY_MS
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: sameYear ? undefined : 'numeric',
  }).format(date)
}

/* Short, for a row of a list: a clock time today, then yesterday, a weekday, a date. */
export function listTime(date: Date, now: Date, { locale, timeZone }: Zoned): string {
  const days = daysBetween(date, now, timeZone)
  if (days <= 0) return clockTime(date, { locale, timeZone })
  if (days === 1) return relativeDay(1, locale)
  if (days < 7) return new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short' }).format(date)
  return new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'short' }).format(date)
}
