import { expect, test } from 'vitest'
import type { Appointment } from '@/api/models'
import { appointment } from '@/testing/fixtures'
import { bandsOn, blocksOn, hoursShown, openOn, remindersOf, segmentOn } from '@/utils/week'

const NY = 'America/New_York'

function at(startAt: string, endAt: string, id = startAt): Appointment {
  return { ...appointment, id, startAt, endAt }
}

const rule = { id: 'rul_1', weekday: 3, start: '09:00', end: '12:00', from: '2026-11-01', stepMin: 20 }

test.each([
  // a plain day
  ['2026-11-25T14:00:00Z', '2026-11-25T14:30:00Z', '2026-11-25', { from: 540, to: 570 }],
  // over midnight: a part on each day
  ['2026-11-26T04:30:00Z', '2026-11-26T05:30:00Z', '2026-11-25', { from: 1410, to: 1440 }],
  ['2026-11-26T04:30:00Z', '2026-11-26T05:30:00Z', '2026-11-26', { from: 0, to: 30 }],
  ['2026-11-26T04:30:00Z', '2026-11-26T05:00:00Z', '2026-11-26', null],
  // over the skipped hour: 01:45 to 03:15 by the wall
  ['2026-03-08T06:45:00Z', '2026-03-08T07:15:00Z', '2026-03-08', { from: 105, to: 195 }],
  // over the end of the first of two hours: 01:45 to 01:15 by the wall, half an hour long
  ['2026-11-01T05:45:00Z', '2026-11-01T06:15:00Z', '2026-11-01', { from: 105, to: 135 }],
  // over the whole day of 25 hours
  ['2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', '2026-11-01', { from: 0, to: 1440 }],
])('%s to %s on %s', (startAt, endAt, date, segment) => {
  expect(segmentOn(startAt, endAt, date, NY)).toEqual(segment)
})

test('the same wall clock twice stands side by side', () => {
  const first = at('2026-11-01T05:30:00Z', '2026-11-01T05:45:00Z')
  const second = at('2026-11-01T06:30:00Z', '2026-11-01T06:45:00Z')
  expect(blocksOn('2026-11-01', [second, first], NY)).toEqual([
    { appointment: first, from: 90, to: 105, lane: 0, lanes: 2 },
    { appointment: second, from: 90, to: 105, lane: 1, lanes: 2 },
  ])
})

test('three that overlap in a chain need two lanes; the next stands alone', () => {
  const lanes = blocksOn(
    '2026-11-25',
    [
      at('2026-11-25T14:00:00Z', '2026-11-25T15:00:00Z'),
      at('2026-11-25T14:30:00Z', '2026-11-25T15:30:00Z'),
      at('2026-11-25T15:00:00Z', '2026-11-25T16:00:00Z'),
      at('2026-11-25T16:00:00Z', '2026-11-25T16:05:00Z'),
    ],
    NY,
  ).map(({ from, to, lane, lanes }) => [from, to, lane, lanes])
  expect(lanes).toEqual([
    [540, 600, 0, 2],
    [570, 630, 1, 2],
    [600, 660, 0, 2],
    [660, 675, 0, 1],
  ])
})

test('hours hold on their weekday, within their dates, and join where they touch', () => {
  const rules = [rule, { ...rule, start: '12:00', end: '13:00' }, { ...rule, start: '18:00', end: '24:00' }]
  expect(openOn('2026-11-25', rules)).toEqual([
    { from: 540, to: 780 },
    { from: 1080, to: 1440 },
  ])
  expect(openOn('2026-11-26', rules)).toEqual([])
  expect(openOn('2026-10-28', rules)).toEqual([])
  expect(openOn('2026-11-25', [{ ...rule, to: '2026-11-24' }])).toEqual([])
})

test('an exception of days covers each of them', () => {
  const exception = {
    id: 'exc_1',
    kind: 'off' as const,
    startAt: '2026-11-25T17:00:00Z',
    endAt: '2026-11-27T05:00:00Z',
  }
  expect(bandsOn('2026-11-25', [exception], NY)).toEqual([{ exception, from: 720, to: 1440 }])
  expect(bandsOn('2026-11-26', [exception], NY)).toEqual([{ exception, from: 0, to: 1440 }])
  expect(bandsOn('2026-11-27', [exception], NY)).toEqual([])
})

test('whole hours hold all', () => {
  expect(hoursShown([])).toEqual({ from: 480, to: 1080 })
  expect(hoursShown([{ from: 450, to: 1101 }])).toEqual({ from: 420, to: 1140 })
})

test('only the reminders that can still go out', () => {
  const now = new Date('2026-11-25T00:00:00Z')
  const kinds = (start: string) => remindersOf(new Date(start), now).map(({ kind }) => kind)
  expect(kinds('2026-11-27T00:00:00Z')).toEqual(['24h', '1h', '10min'])
  expect(kinds('2026-11-25T12:00:00Z')).toEqual(['1h', '10min'])
  expect(kinds('2026-11-25T00:05:00Z')).toEqual([])
})
