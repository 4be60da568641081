import { expect, test } from 'vitest'
import {
  addDays,
  instantOf,
  instantText,
  jumpOf,
  minuteOf,
  minuteText,
  mondayOf,
  wallOf,
  weekdayOf,
} from '@/utils/zone'

const NY = 'America/New_York'

test.each([
  ['Asia/Shanghai', '2026-11-25', 540, '2026-11-25T01:00:00Z'],
  ['Asia/Kathmandu', '2026-11-25', 0, '2026-11-24T18:15:00Z'],
  [NY, '2026-03-08', 90, '2026-03-08T06:30:00Z'],
  [NY, '2026-03-08', 150, '2026-03-08T07:00:00Z'],
  [NY, '2026-03-08', 180, '2026-03-08T07:00:00Z'],
  [NY, '2026-11-01', 90, '2026-11-01T05:30:00Z'],
  [NY, '2026-11-01', 120, '2026-11-01T07:00:00Z'],
  [NY, '2026-11-01', 1440, '2026-11-02T05:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-04', 135, '2026-10-03T15:30:00Z'],
  ['Europe/Berlin', '2026-10-25', 150, '2026-10-25T00:30:00Z'],
])('%s: %s and %i minutes are %s', (zone, date, minute, instant) => {
  expect(instantText(instantOf({ date, minute }, zone))).toBe(instant)
})

test('the wall goes there and back for every quarter of a year, jumps included', () => {
  for (const zone of [NY, 'Europe/Berlin', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Africa/Casablanca'])
    for (let at = Date.parse('2026-01-01T00:00:00Z'); at < Date.parse('2027-01-01'); at += 13 * 15 * 60_000) {
      const wall = wallOf(new Date(at), zone)
      expect(wallOf(instantOf(wall, zone), zone)).toEqual(wall)
    }
})

test('the hour that is skipped and the one that comes twice', () => {
  expect(jumpOf('2026-03-08', NY)).toEqual({ kind: 'skipped', from: 120, to: 180 })
  expect(jumpOf('2026-11-01', NY)).toEqual({ kind: 'repeated', from: 60, to: 120 })
  expect(jumpOf('2026-10-04', 'Australia/Lord_Howe')).toEqual({ kind: 'skipped', from: 120, to: 150 })
  expect(jumpOf('2026-03-09', NY)).toBeNull()
  expect(jumpOf('2026-03-08', 'Asia/Shanghai')).toBeNull()
})

test('dates', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(weekdayOf('2026-11-29')).toBe(7)
  expect(mondayOf('2026-11-29')).toBe('2026-11-23')
  expect(mondayOf('2026-11-23')).toBe('2026-11-23')
})

test('minutes as text and back', () => {
  expect(minuteText(0)).toBe('00:00')
  expect(minuteText(1440)).toBe('24:00')
  expect(minuteOf('08:30')).toBe(510)
  expect(minuteOf('24:00')).toBe(1440)
  expect(minuteOf('24:30')).toBeNaN()
  expect(minuteOf('8:30')).toBeNaN()
})
