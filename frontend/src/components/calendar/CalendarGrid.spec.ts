/* Weeks in which the doctor's clock jumps, for a reader whose clock does not. */
import { fireEvent, screen } from '@testing-library/vue'
import { beforeEach, expect, test } from 'vitest'
import CalendarGrid from '@/components/calendar/CalendarGrid.vue'
import type { Move } from '@/composables/useCalendarMove'
import { appointment } from '@/testing/fixtures'
import { show, startPage } from '@/testing/harness'
import { addDays, instantText } from '@/utils/zone'

const MINUTE_MS = 60_000

beforeEach(() => {
  startPage(null)
})

function week(zone: string, last: string, startAt: string) {
  const moves: Move[] = []
  const endAt = instantText(new Date(Date.parse(startAt) + 15 * MINUTE_MS))
  show(CalendarGrid, {
    zone,
    dates: [6, 5, 4, 3, 2, 1, 0].map((before) => addDays(last, -before)),
    appointments: [{ ...appointment, startAt, endAt }],
    rules: [],
    exceptions: [],
    onMove: (move: Move) => moves.push(move),
  })
  const block = screen.getByRole('button', { name: new RegExp(appointment.patient.name) })
  const press = async (...keys: string[]) => {
    for (const key of keys) await fireEvent.keyDown(block, { key })
  }
  return { moves, press }
}

test.each([
  // The hour from two to three is not there: a day later it is the first moment after.
  ['Europe/Berlin', '2027-03-28', '2027-03-27T01:30:00Z', 'GMT+1 → GMT+2', '2027-03-28T01:00:00Z'],
  ['America/New_York', '2027-03-14', '2027-03-13T07:30:00Z', 'GMT-5 → GMT-4', '2027-03-14T07:00:00Z'],
  // It comes twice: the first of both.
  ['Europe/Berlin', '2027-10-31', '2027-10-30T00:30:00Z', 'GMT+2 → GMT+1', '2027-10-31T00:30:00Z'],
  ['America/New_York', '2027-11-07', '2027-11-06T05:30:00Z', 'GMT-4 → GMT-5', '2027-11-07T05:30:00Z'],
])('%s, the week until %s', async (zone, last, startAt, label, moved) => {
  const { moves, press } = week(zone, last, startAt)
  expect(document.querySelectorAll('[data-date]')).toHaveLength(7)
  expect(document.querySelector('.corner')?.textContent).toBe('')
  const labels = [...document.querySelectorAll('.offset')].map((one) => one.textContent)
  expect(labels).toHaveLength(7)
  expect(labels.at(-1)).toBe(label)
  expect(new Set(labels.slice(0, 6))).toEqual(new Set([label.split(' ')[0]]))
  expect(document.querySelectorAll('.jump')).toHaveLength(1)
  await press('m', 'ArrowRight')
  await press('Enter')
  expect(moves.map(({ start }) => instantText(start))).toEqual([moved])
})

test.each([
  // From 01:55 to 03:00.
  ['2027-03-28', '2027-03-28T00:55:00Z', '2027-03-28T01:00:00Z'],
  // From the first 02:55 to the second 02:00.
  ['2027-10-31', '2027-10-31T00:55:00Z', '2027-10-31T01:00:00Z'],
])('a step over the jump of %s', async (last, startAt, moved) => {
  const { moves, press } = week('Europe/Berlin', last, startAt)
  await press('m', 'ArrowDown', 'Enter')
  expect(moves.map(({ start }) => instantText(start))).toEqual([moved])
})

test('a week without a jump says its offset once', () => {
  week('Europe/Berlin', '2027-04-04', '2027-04-01T08:00:00Z')
  expect(document.querySelector('.corner')?.textContent).toBe('GMT+2')
  expect(document.querySelectorAll('.offset')).toHaveLength(0)
})
