/* The wall clock of a zone, right across its jumps. Dates are YYYY-MM-DD; minutes count from midnight by the
   wall, so that 24:00 is 1440. */
export interface Wall {
  date: string
  minute: number
}

export type Jump = { kind: 'skipped' | 'repeated'; from: number; to: number }

export const DAY_MIN = 1440
const MINUTE_MS = 60_000
const DAY_MS = DAY_MIN * MINUTE_MS

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

export function wallOf(at: Date, zone: string): Wall {
  const part: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(at)) part[type] = value
  const date = `${part['year']}-${part['month']}-${part['day']}`
  return { date, minute: Number(part['hour']) * 60 + Number(part['minute']) }
}

/* The wall read as if it were UTC. */
function flat({ date, minute }: Wall): number {
  return Date.parse(`${date}T00:00:00Z`) + minute * MINUTE_MS
}

/* As the server wants an instant: whole seconds of UTC. */
export function instantText(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

function offsetAt(at: number, zone: string): number {
  return flat(wallOf(new Date(at), zone)) - Math.floor(at / MINUTE_MS) * MINUTE_MS
}

/* The first instant with another offset; `from` and `to` lie on its two sides. */
function jumpBetween(from: number, to: number, zone: string): number {
  const before = offsetAt(from, zone)
  while (to - from > MINUTE_MS) {
    const middle = Math.floor((from + to) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(middle, zone) === before) from = middle
    else to = middle
  }
  return to
}

/* When the wall shows that: the first time of two; where it never does, the first instant after. */
export function instantOf(wall: Wall, zone: string): Date {
  const wanted = flat(wall)
  const [before, after] = [wanted - DAY_MS, wanted + DAY_MS]
  const tries = [before, after].map((at) => wanted - offsetAt(at, zone)).sort((a, b) => a - b)
  const right = tries.find((at) => offsetAt(at, zone) === wanted - at)
  return new Date(right ?? jumpBetween(before, after, zone))
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/* 1 Monday … 7 Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7
}

export function mondayOf(date: string): string {
  return addDays(date, 1 - weekdayOf(date))
}

/* The hour that the clock of that day jumps over, or shows twice. */
export function jumpOf(date: string, zone: string): Jump | null {
  const start = instantOf({ date, minute: 0 }, zone).getTime()
  const end = instantOf({ date: addDays(date, 1), minute: 0 }, zone).getTime()
  const missing = DAY_MIN - (end - start) / MINUTE_MS
  if (missing === 0) return null
  const after = wallOf(new Date(jumpBetween(start, end, zone)), zone).minute
  return missing > 0
    ? { kind: 'skipped', from: after - missing, to: after }
    : { kind: 'repeated', from: after, to: after - missing }
}

export function minuteText(minute: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

/* NaN when it is no time of a day. */
export function minuteOf(text: string): number {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$|^(24):(00)$/.exec(text)
  return found ? Number(found[1] ?? found[3]) * 60 + Number(found[2] ?? found[4]) : NaN
}
