import { describe, expect, test } from 'vitest'
import { ageAt, bodyOf, isSameSheet, joined, merged, moved, sheetOf, type Sheet } from '@/utils/record'

const diagnosis = (code: string, rank: number) => ({
  system: 'ICD-10' as const,
  code,
  label: { zh: `病 ${code}`, en: `Disease ${code}` },
  certainty: 'confirmed' as const,
  rank,
})
const empty = sheetOf({ note: {}, followUp: null, diagnoses: [], prescription: { items: [] } })
const sheet = (part: Partial<Sheet>): Sheet => ({ ...empty, ...part })

describe('a record of two hands', () => {
  test('each changed another field: both stand', () => {
    const { sheet: both, conflicts } = merged(empty, sheet({ plan: '休息' }), sheet({ advice: '多喝水' }))
    expect(conflicts).toEqual([])
    expect(both).toEqual(sheet({ plan: '休息', advice: '多喝水' }))
  })

  test('both changed one field: nobody wins by himself', () => {
    const mine = sheet({ plan: '休息', history: '三天' })
    const { sheet: both, conflicts } = merged(empty, mine, sheet({ plan: '住院' }))
    expect(conflicts).toEqual(['plan'])
    expect(both.history).toBe('三天')
  })

  test('both wrote the same, or one emptied what the other left: no conflict', () => {
    const base = sheet({ plan: '休息', followUp: { days: 3, text: '' } })
    expect(merged(base, sheet({ plan: '' }), base)).toEqual({ sheet: sheet({ plan: '' , followUp: null }), conflicts: [] })
    expect(merged(base, sheet({ plan: 'x' }), sheet({ plan: 'x', followUp: { text: '', days: 3 } })).conflicts).toEqual([])
  })

  test('kept together they stand one after the other, each diagnosis once, unless it gets too long', () => {
    expect(joined('plan', '休息', '住院')).toBe('休息\n住院')
    expect(joined('plan', 'x'.repeat(3_000), 'y'.repeat(1_000))).toBeNull()
    const list = joined('diagnoses', [diagnosis('J00', 1)], [diagnosis('J00', 1), diagnosis('R05', 2)])
    expect(list?.map(({ code }) => code)).toEqual(['J00', 'R05'])
    expect(joined('followUp', { days: 1, text: '' }, null)).toBeNull()
  })
})

test('what is sent is what was written, ranked as it stands', () => {
  const written = sheet({ plan: '休息', diagnoses: [diagnosis('R05', 2), diagnosis('J00', 1)] })
  const body = bodyOf(written)
  expect(body.note).toEqual({ plan: '休息' })
  expect(body).not.toHaveProperty('advice')
  expect(body.diagnoses.map(({ code, rank }) => [code, rank])).toEqual([['R05', 1], ['J00', 2]])
  expect(isSameSheet(sheetOf(body), written)).toBe(false)
  expect(isSameSheet(sheetOf(body), sheet({ plan: '休息', diagnoses: [diagnosis('R05', 1), diagnosis('J00', 2)] }))).toBe(true)
})

test('a row moves, and never out of its list', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b'], 1, -1)).toEqual(['b', 'a'])
})

test('an age is of whole years', () => {
  expect(ageAt('1990-11-26', new Date(2026, 10, 25))).toBe(35)
  expect(ageAt('1990-11-25', new Date(2026, 10, 25))).toBe(36)
  expect(ageAt('2026-01-01', new Date(2026, 10, 25))).toBe(0)
})
