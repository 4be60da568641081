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

/* For a document: the day with its year, and the clock. */
export function stamp(date: Date, { locale, timeZone }: Zoned): string {
  const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'long' }).format(date)
  return `${day} ${clockTime(date, { locale, timeZone })}`
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

/* As the server writes an instant: whole seconds, in UTC. */
export function instant(at: Date | number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

/* The whole of an appointment: its day, begin and end. */
export function spanTime(start: Date, end: Date, { locale, timeZone }: Zoned): string {
  const day = new Intl.DateTimeFormat(locale, { timeZone, month: 'long', day: 'numeric', weekday: 'short' })
  const clock = (date: Date) => clockTime(date, { locale, timeZone })
  // Word joiners: a line does not end within the span.
  return `${day.format(start)} ${clock(start)}\u2060–\u2060${clock(end)}`
}

function zonePart(date: Date, timeZoneName: 'longGeneric' | 'shortOffset', { locale, timeZone }: Zoned) {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName }).formatToParts(date)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/* 中国时间 GMT+8: the name a reader knows, and the offset that leaves no doubt. */
export function zoneLabel(date: Date, zoned: Zoned): string {
  return `${zonePart(date, 'longGeneric', zoned)} (${zonePart(date, 'shortOffset', zoned)})`
}

/* Do the clocks of both zones show the same then? */
export function isSameClock(date: Date, a: string, b: string | undefined): boolean {
  return clockAndDay(date, a) === clockAndDay(date, b)
}

function clockAndDay(date: Date, timeZone?: string) {
  return `${dayOf(date, timeZone)} ${clockTime(date, { locale: 'en', timeZone })}`
}

/* How long it is, in the unit that matters: days, hours, minutes, and seconds when every one counts. */
export function timeLeft(ms: number): { unit: 'days' | 'hours' | 'minutes'; big: number; small: number } {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds >= 86_400)
    return { unit: 'days', big: Math.floor(seconds / 86_400), small: Math.floor((seconds % 86_400) / 3600) }
  if (seconds >= 3600)
    return { unit: 'hours', big: Math.floor(seconds / 3600), small: Math.floor((seconds % 3600) / 60) }
  return { unit: 'minutes', big: Math.floor(seconds / 60), small: seconds % 60 }
}
