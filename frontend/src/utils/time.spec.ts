import { expect, test } from 'vitest'
import {
  clockTime,
  daysBetween,
  dayTitle,
  instant,
  isSameClock,
  listTime,
  spanTime,
  stamp,
  timeLeft,
  zoneLabel,
} from '@/utils/time'

const zh = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' }
const en = { locale: 'en', timeZone: 'America/New_York' }
const now = new Date('2026-11-24T08:00:00Z')

test('a day is a calendar day where the reader is', () => {
  const late = new Date('2026-11-23T15:59:00Z')
  expect(daysBetween(late, now, 'Asia/Shanghai')).toBe(1)
  expect(daysBetween(new Date('2026-11-23T16:01:00Z'), now, 'Asia/Shanghai')).toBe(0)
})

test('days are counted right over a change of the clocks', () => {
  const before = new Date('2026-11-01T03:30:00Z')
  const after = new Date('2026-11-02T05:30:00Z')
  expect(daysBetween(before, after, 'America/New_York')).toBe(2)
})

test('the clock has 24 hours, midnight is 00', () => {
  expect(clockTime(new Date('2026-11-24T16:05:00Z'), zh)).toBe('00:05')
})

test.each([
  ['2026-11-24T01:00:00Z', '今天'],
  ['2026-11-23T01:00:00Z', '昨天'],
  ['2026-11-20T01:00:00Z', '11月20日星期五'],
  ['2025-06-01T01:00:00Z', '2025年6月1日星期日'],
])('the heading of %s in Chinese', (date, title) => {
  expect(dayTitle(new Date(date), now, zh).replaceAll(' ', '')).toBe(title)
})

test('the same in English', () => {
  expect(dayTitle(new Date('2026-11-23T18:00:00Z'), now, en)).toBe('Yesterday')
  expect(dayTitle(new Date('2026-11-20T18:00:00Z'), now, en)).toBe('Friday, November 20')
})

test.each([
  ['2026-11-24T01:30:00Z', '09:30'],
  ['2026-11-23T01:30:00Z', '昨天'],
  ['2026-11-20T01:30:00Z', '周五'],
  ['2026-10-01T01:30:00Z', '2026/10/1'],
])('a row of the list from %s says %s', (date, text) => {
  expect(listTime(new Date(date), now, zh)).toBe(text)
})

test('an appointment is said with its day, both ends and its zone', () => {
  const [start, end] = [new Date('2026-11-26T01:00:00Z'), new Date('2026-11-26T01:15:00Z')]
  const shanghai = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' }
  expect(spanTime(start, end, shanghai).replaceAll('\u2060', '')).toBe('11月26日周四 09:00–09:15')
  expect(zoneLabel(start, shanghai)).toMatch(/^中国.*\(GMT\+8\)$/)
  expect(instant(start)).toBe('2026-11-26T01:00:00Z')
})

test('two zones are the same when their clocks are', () => {
  const at = new Date('2026-07-01T12:00:00Z')
  expect(isSameClock(at, 'Asia/Shanghai', 'Asia/Taipei')).toBe(true)
  expect(isSameClock(at, 'Europe/London', 'UTC')).toBe(false)
  expect(isSameClock(new Date('2026-01-01T12:00:00Z'), 'Europe/London', 'UTC')).toBe(true)
})

test('what is left is said in the unit that matters', () => {
  expect(timeLeft(2 * 86_400_000 + 3 * 3_600_000)).toEqual({ unit: 'days', big: 2, small: 3 })
  expect(timeLeft(3_600_000 + 120_000)).toEqual({ unit: 'hours', big: 1, small: 2 })
  expect(timeLeft(599_999)).toEqual({ unit: 'minutes', big: 9, small: 59 })
  expect(timeLeft(-5)).toEqual({ unit: 'minutes', big: 0, small: 0 })
})

test('a document says its year', () => {
  const at = new Date('2026-11-24T16:05:00Z')
  expect(stamp(at, zh)).toBe('2026年11月25日 00:05')
  expect(stamp(at, en)).toBe('November 24, 2026 11:05')
})
