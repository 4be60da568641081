import { expect, test } from 'vitest'
import { allergiesOf, allergyLines, linesOf } from '@/utils/health'

test('lines are trimmed, each once, and none of them empty', () => {
  expect(linesOf(' 高血压 \n\n糖尿病\n高血压')).toEqual(['高血压', '糖尿病'])
  expect(linesOf(' \n')).toEqual([])
})

test('an allergy is a substance, and behind a colon of either width what it does', () => {
  const allergies = [{ substance: '青霉素', text: '皮疹: 全身' }, { substance: 'Latex' }]
  expect(allergiesOf('青霉素：皮疹: 全身\nLatex:\n: nothing')).toEqual(allergies)
  expect(allergiesOf(allergyLines(allergies))).toEqual(allergies)
})
