/* Where things stand on a day of the calendar: minutes by the wall of the doctor's zone. */
import type { Appointment, AppointmentStatus, ScheduleException, ScheduleRule } from '@/api/models'
import { DAY_MIN, addDays, instantOf, minuteOf, wallOf, weekdayOf } from '@/utils/zone'

export interface Segment {
  from: number
  to: number
}

export type Block = Segment & { appointment: Appointment; lane: number; lanes: number }
export type Band = Segment & { exception: ScheduleException }

/* Anything shorter is drawn so tall, to be read and hit. */
export const BLOCK_MIN = 15
const MINUTE_MS = 60_000
const USUAL: Segment = { from: 8 * 60, to: 18 * 60 }

const SHOWN = new Set<AppointmentStatus>([
  'held',
  'pending_payment',
  'requested',
  'booked',
  'checked_in',
  'in_consult',
  'fulfilled',
  'noshow_patient',
  'noshow_doctor',
])

export function isShown({ status }: Appointment): boolean {
  return SHOWN.has(status)
}

export function isMovable({ status }: Appointment): boolean {
  return status === 'booked'
}

/* The part of it on that day. In the hour that comes twice it is as tall as it is long. */
export function segmentOn(startAt: string, endAt: string, date: string, zone: string): Segment | null {
  const [start, end] = [Date.parse(startAt), Date.parse(endAt)]
  const dayStart = instantOf({ date, minute: 0 }, zone).getTime()
  const dayEnd = instantOf({ date: addDays(date, 1), minute: 0 }, zone).getTime()
  if (end <= dayStart || start >= dayEnd) return null
  const from = start <= dayStart ? 0 : wallOf(new Date(start), zone).minute
  if (end >= dayEnd) return { from, to: DAY_MIN }
  const length = (end - Math.max(start, dayStart)) / MINUTE_MS
  const repeated = Math.max(0, (dayEnd - dayStart) / MINUTE_MS - DAY_MIN)
  const byWall = wallOf(new Date(end), zone).minute
  return { from, to: Math.min(DAY_MIN, Math.max(byWall, from + Math.min(length, repeated))) }
}

export function openOn(date: string, rules: ScheduleRule[]): Segment[] {
  const weekday = weekdayOf(date)
  const open: Segment[] = []
  for (const rule of rules) {
    if (rule.weekday !== weekday || rule.from > date || (rule.to ?? '9999') < date) continue
    open.push({ from: minuteOf(rule.start), to: minuteOf(rule.end) })
  }
  return merged(open)
}

function merged(segments: Segment[]): Segment[] {
  const result: Segment[] = []
  for (const { from, to } of [...segments].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else result.push({ from, to })
  }
  return result
}

export function bandsOn(date: string, exceptions: ScheduleException[], zone: string): Band[] {
  return exceptions.flatMap((exception) => {
    const segment = segmentOn(exception.startAt, exception.endAt, date, zone)
    return segment ? [{ ...segment, exception }] : []
  })
}

/* Those that overlap stand side by side. */
export function blocksOn(date: string, appointments: Appointment[], zone: string): Block[] {
  const blocks: Block[] = []
  let cluster: Block[] = []
  let end = -1
  const close = () => {
    const lanes = Math.max(0, ...cluster.map(({ lane }) => lane + 1))
    for (const block of cluster) block.lanes = lanes
    cluster = []
  }
  const found = appointments.flatMap((appointment) => {
    const segment = segmentOn(appointment.startAt, appointment.endAt, date, zone)
    return segment ? [{ ...segment, appointment }] : []
  })
  found.sort((a, b) => a.from - b.from || a.appointment.startAt.localeCompare(b.appointment.startAt))
  for (const { from, to, appointment } of found) {
    const tall = Math.min(DAY_MIN, Math.max(to, from + BLOCK_MIN))
    if (from >= end) close()
    const taken = new Set(cluster.filter((other) => other.to > from).map(({ lane }) => lane))
    let lane = 0
    while (taken.has(lane)) lane++
    const block = { appointment, from, to: tall, lane, lanes: 1 }
    cluster.push(block)
    blocks.push(block)
    end = Math.max(end, tall)
  }
  close()
  return blocks
}

/* Whole hours that hold all of it; those of an office, when it is less. */
export function hoursShown(segments: Segment[]): Segment {
  const from = Math.min(USUAL.from, ...segments.map((segment) => segment.from))
  const to = Math.max(USUAL.to, ...segments.map((segment) => segment.to))
  return { from: Math.floor(from / 60) * 60, to: Math.ceil(to / 60) * 60 }
}

/* What the patient will be told once it stands there: when the reminders go out that still can. */
export function remindersOf(startAt: Date, now: Date): { kind: '24h' | '1h' | '10min'; at: Date }[] {
  const before = [
    ['24h', 1440],
    ['1h', 60],
    ['10min', 10],
  ] as const
  return before
    .map(([kind, minutes]) => ({ kind, at: new Date(startAt.getTime() - minutes * MINUTE_MS) }))
    .filter(({ at }) => at > now)
}
