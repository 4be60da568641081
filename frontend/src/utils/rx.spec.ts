import { expect, it } from 'vitest'
import { checksOf, checksOfAll, codeUrl, itemOf, needsOverride } from '@/utils/rx'

const drug = { code: 'D1', name: { zh: '甲', en: 'A' }, ingredient: 'a', classes: [], form: 'cream', unit: 'dab', isBanned: false }

it('begins an item with what the drug says, and with nothing that the doctor has to say', () => {
  expect(itemOf(drug)).toEqual({ drug: 'D1', name: drug.name, unit: 'dab', route: 'topical' })
  expect(itemOf({ ...drug, form: 'tablet' }).route).toBe('oral')
})

it('tells checks of one item from those of all, and those of others', () => {
  const checks = [
    { code: 'licence', level: 'error' },
    { code: 'no-advice', level: 'error' },
    { code: 'allergy', level: 'error', item: 0 },
    { code: 'drug-banned', level: 'error', item: 1 },
  ] as const
  expect(checksOf(checks, 0).map(({ code }) => code)).toEqual(['allergy'])
  expect(checksOfAll(checks).map(({ code }) => code)).toEqual(['licence'])
  expect(needsOverride(checksOf(checks, 0))).toBe(true)
  expect(needsOverride(checksOf(checks, 1))).toBe(false)
})

it('keeps the code out of what servers see', () => {
  expect(new URL(codeUrl('secret', 'https://clinic.example')).pathname).toBe('/rx')
})
