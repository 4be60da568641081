import { expect, test } from 'vitest'
import { daysText, weekdayName, zoneName } from '@/utils/calendar'

const week = ['2026-11-23', '2026-11-29']

test('days in both languages', () => {
  expect(daysText(week, 'zh-CN')).toBe('2026年11月23日 – 11月29日')
  expect(daysText(week, 'en').replace(/\s/g, ' ')).toBe('November 23 – 29, 2026')
  expect(daysText(['2026-11-23'], 'en')).toBe('Monday, November 23, 2026')
  expect(weekdayName(1, 'en')).toBe('Monday')
  expect(weekdayName(7, 'zh-CN')).toBe('星期日')
})

test('a zone is named with its distance of that day', () => {
  expect(zoneName('America/New_York', new Date('2026-03-08T06:00:00Z'), 'en')).toContain('GMT-5')
  expect(zoneName('America/New_York', new Date('2026-03-08T08:00:00Z'), 'en')).toContain('GMT-4')
})
