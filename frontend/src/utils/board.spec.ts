import { expect, test } from 'vitest'
import type { BoardItem } from '@/api/models'
import { byColumn, canMarkNoShow, durationText, glance, minutesSince, noShowFrom, owed } from '@/utils/board'

const start = '2026-11-25T08:00:00Z'
const at = Date.parse(start)
const item: BoardItem = {
  column: 'later',
  patient: { id: 'pat_1', name: '张伟' },
  start,
  unread: 0,
  returning: false,
  redFlag: false,
  patientHere: false,
}

test('who is fifteen minutes late may be marked', () => {
  expect(canMarkNoShow('booked', start, at + 15 * 60_000 - 1)).toBe(false)
  expect(canMarkNoShow('booked', start, at + 15 * 60_000)).toBe(true)
  expect(canMarkNoShow('checked_in', start, at + 60 * 60_000)).toBe(false)
  expect(noShowFrom(item, at - 1)).toBeNull()
  expect(noShowFrom(item, at)).toBe(at + 15 * 60_000)
  expect(noShowFrom({ ...item, column: 'waiting' }, at)).toBeNull()
})

test('a note is due after two hours and overdue after a day', () => {
  const note: BoardItem = { ...item, column: 'to_sign', since: start }
  expect(owed(note, at + 7_199_999)).toBeUndefined()
  expect(owed(note, at + 7_200_000)).toBe('due')
  expect(owed(note, at + 86_399_999)).toBe('due')
  expect(owed(note, at + 86_400_000)).toBe('overdue')
  expect(owed({ ...note, column: 'waiting' }, at + 86_400_000)).toBeUndefined()
})

test('whole minutes, and none before', () => {
  expect(minutesSince(start, at + 119_999)).toBe(1)
  expect(minutesSince(start, at - 5_000)).toBe(0)
})

test.each([
  [119, '119 min', '119分钟'],
  [1560, '26 hr', '26小时'],
  [4320, '3 days', '3天'],
])('%i minutes in words', (minutes, english, chinese) => {
  expect(durationText(minutes, 'en')).toBe(english)
  expect(durationText(minutes, 'zh-CN')).toBe(chinese)
})

test('every column is there, in order', () => {
  const columns = byColumn([item, { ...item, column: 'waiting' }])
  expect(columns.map(({ column, items }) => [column, items.length])).toEqual([
    ['waiting', 1],
    ['in_consult', 0],
    ['to_sign', 0],
    ['unread', 0],
    ['later', 1],
  ])
})

test('a doctor at a glance: away, here or with somebody, how many wait, who is next', () => {
  const board = { now: start, doctorHere: true, items: [item] }
  expect(glance(board)).toEqual({ state: 'here', waiting: 0, next: item })
  const first: BoardItem = { ...item, column: 'waiting' }
  const busy: BoardItem = { ...item, column: 'in_consult' }
  expect(glance({ ...board, items: [busy, first, item] })).toEqual({ state: 'busy', waiting: 1, next: first })
  expect(glance({ ...board, doctorHere: false, items: [] })).toEqual({ state: 'away', waiting: 0, next: undefined })
})
