import { expect, test } from 'vitest'
import { checkList, isBlocked, placeOfCheck } from '@/utils/checks'

test('what is well is said too, and what is missing leads to where it is mended', () => {
  const levels = (rows: ReturnType<typeof checkList>) => rows.map(({ code, level }) => `${code} ${level}`)
  expect(levels(checkList([], false))).toEqual(['diagnosis ok', 'advice ok', 'follow-up ok', 'no-prescription ok'])
  expect(
    levels(
      checkList(
        [
          { code: 'no-diagnosis', level: 'error' },
          { code: 'allergy', level: 'error', item: 1, why: 'penicillin' },
          { code: 'no-follow-up', level: 'warning' },
        ],
        true,
      ),
    ),
  ).toEqual(['no-diagnosis error', 'advice ok', 'no-follow-up warning', 'allergy error'])
  expect(placeOfCheck('no-advice')).toEqual({ tab: 'diagnosis', field: 'record-advice' })
  expect(placeOfCheck('dose').tab).toBe('prescription')
})

test('an error stands in the way of the signature, a warning does not', () => {
  expect(isBlocked([{ code: 'no-follow-up', level: 'warning' }])).toBe(false)
  expect(isBlocked([{ code: 'no-advice', level: 'error' }])).toBe(true)
})
