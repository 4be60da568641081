/* What the server would refuse of hours, said before it has to. The words are locale keys under hours.fault. */
import type { NewScheduleException, NewScheduleRule, ScheduleRule } from '@/api/models'
import { minuteOf } from '@/utils/zone'

export type RuleFault = 'time' | 'order' | 'step' | 'days' | 'overlap'
export type ExceptionFault = 'time' | 'order' | 'extraLong' | 'offLong' | 'past'

const STEP = { min: 5, max: 240 }
const DAY_MS = 86_400_000

export function byWeek(a: ScheduleRule, b: ScheduleRule): number {
  return a.weekday - b.weekday || a.start.localeCompare(b.start)
}

function sameDays(a: NewScheduleRule, b: NewScheduleRule): boolean {
  return a.weekday === b.weekday && a.from <= (b.to ?? '9999') && b.from <= (a.to ?? '9999')
}

/* `others`: without the rule that is being changed. */
export function ruleFault(rule: NewScheduleRule, others: NewScheduleRule[]): RuleFault | null {
  const [start, end] = [minuteOf(rule.start), minuteOf(rule.end)]
  if (Number.isNaN(start) || Number.isNaN(end)) return 'time'
  if (end <= start) return 'order'
  if (!Number.isInteger(rule.stepMin) || rule.stepMin < STEP.min || rule.stepMin > STEP.max) return 'step'
  if (!rule.from || (rule.to !== undefined && rule.to < rule.from)) return 'days'
  const taken = others.some(
    (other) => sameDays(rule, other) && start < minuteOf(other.end) && minuteOf(other.start) < end,
  )
  return taken ? 'overlap' : null
}

export function exceptionFault(
  { kind, startAt, endAt }: NewScheduleException,
  now: Date,
): ExceptionFault | null {
  const [start, end] = [Date.parse(startAt), Date.parse(endAt)]
  if (Number.isNaN(start) || Number.isNaN(end)) return 'time'
  if (end <= start) return 'order'
  if (end <= now.getTime()) return 'past'
  if (kind === 'extra' && end - start > DAY_MS) return 'extraLong'
  return kind === 'off' && end - start > 366 * DAY_MS ? 'offLong' : null
}
