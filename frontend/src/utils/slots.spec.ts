import { expect, test } from 'vitest'
import { dayKey, partsOfDay, slotsByDay, weekDays } from '@/utils/slots'

const slot = (startAt: Date) => ({ startAt: startAt.toISOString(), endAt: startAt.toISOString() })

test('a week begins today, is seven whole days, and the next begins where it ends', () => {
  const now = new Date(2026, 11, 28, 23, 30)
  const { days, end } = weekDays(now, 0)
  expect(days.map((day) => day.getDate())).toEqual([28, 29, 30, 31, 1, 2, 3])
  expect(days[0]?.getHours()).toBe(0)
  expect(weekDays(now, 1).days[0]).toEqual(end)
})

test('free times stand under the day and the part of the day of the reader', () => {
  const at = (day: number, hour: number) => slot(new Date(2026, 10, day, hour))
  const slots = [at(25, 9), at(25, 12), at(25, 18), at(26, 0)]
  const days = slotsByDay(slots)
  expect([...days.keys()]).toEqual([dayKey(new Date(2026, 10, 25)), dayKey(new Date(2026, 10, 26))])
  expect(partsOfDay(slots.slice(0, 3)).map(({ part, slots: some }) => [part, some.length])).toEqual([
    ['morning', 1],
    ['afternoon', 1],
    ['evening', 1],
  ])
  expect(partsOfDay([])).toEqual([])
})
