import { expect, test } from 'vitest'
import { appointment } from '@/testing/fixtures'
import {
  byStart,
  canCancel,
  canCheckIn,
  canMove,
  disputableUntil,
  isAhead,
  isOnlyKept,
  nextFirst,
} from '@/utils/appointments'

const start = Date.parse(appointment.startAt)
const held = { ...appointment, id: 'apt_2', status: 'held' as const }
const waiting = { ...appointment, id: 'apt_3', status: 'checked_in' as const, startAt: '2026-11-27T01:00:00Z' }
const gone = { ...appointment, status: 'expired' as const }

test('check-in is from 30 minutes before to the end, of what is booked', () => {
  expect(canCheckIn(appointment, start - 1_800_001)).toBe(false)
  expect(canCheckIn(appointment, start - 1_800_000)).toBe(true)
  expect(canCheckIn(appointment, Date.parse(appointment.endAt))).toBe(false)
  expect(canCheckIn(held, start)).toBe(false)
})

test('what may be done follows from the status', () => {
  const may = [appointment, held, waiting, gone].map((one) => [
    isAhead(one),
    isOnlyKept(one),
    canMove(one),
    canCancel(one),
  ])
  expect(may).toEqual([
    [true, false, true, true],
    [true, true, false, true],
    [true, false, false, false],
    [false, false, false, false],
  ])
})

test('a no-show may be disputed for a day', () => {
  const changedAt = '2026-11-26T01:15:00Z'
  const booked = { to: 'booked' as const, changedAt: '2026-11-25T08:00:00Z', version: 1 }
  expect(disputableUntil([booked])).toBeNull()
  const until = disputableUntil([booked, { to: 'noshow_patient', changedAt, version: 2 }])
  expect(until).toBe(Date.parse('2026-11-27T01:15:00Z'))
})

test('by start; but where the patient should be now comes first', () => {
  expect([waiting, held, appointment].sort(byStart).map(({ id }) => id)).toEqual(['apt_1', 'apt_2', 'apt_3'])
  expect(nextFirst([appointment, waiting]).map(({ id }) => id)).toEqual(['apt_3', 'apt_1'])
})
