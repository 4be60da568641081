import { expect, test } from 'vitest'
import type { FormQuestion } from '@/api/models'
import { choicesOf, draftFault, draftOf, earlier, freeId, newQuestion, questionOf } from '@/utils/formDraft'

const both = (zh: string, en: string) => ({ zh, en })
const fever: FormQuestion = { id: 'fever', text: both('发热', 'Fever'), kind: 'yesno', isRequired: true, redFlag: { in: ['yes'] } }
const high: FormQuestion = {
  id: 'high',
  text: both('多高', 'How high'),
  kind: 'number',
  isRequired: true,
  showIf: { question: 'fever', in: ['yes'] },
  redFlag: { above: 39.5 },
}
const signs: FormQuestion = {
  id: 'signs',
  text: both('还有', 'Else'),
  kind: 'multi',
  isRequired: false,
  options: [{ id: 'a1', text: both('胸痛', 'Chest pain') }, { id: 'a2', text: both('咳嗽', 'Cough') }],
  redFlag: { in: ['a1'] },
}
const all = [fever, high, signs].map(draftOf)

test('what is read and written again is the same', () => {
  expect(all.map(questionOf)).toEqual([fever, high, signs])
})

test('what another kind has no use for is not sent', () => {
  const [, , multi] = all
  expect(multi && questionOf({ ...multi, kind: 'text' })).toEqual({ id: 'signs', text: signs.text, kind: 'text', isRequired: false })
  expect(multi && questionOf({ ...multi, kind: 'yesno' }).redFlag).toBeUndefined()
})

test('a new name is none that is there', () => {
  expect(freeId('q', [{ id: 'q2' }])).toBe('q3')
  expect(newQuestion(all).id).toBe('q4')
})

test('a question depends on an earlier one that has choices', () => {
  expect(earlier(all, 2).map(({ id }) => id)).toEqual(['fever'])
  expect(all.map((_, at) => draftFault(all, at))).toEqual([null, null, null])
  const [one, two, three] = all
  if (!one || !two || !three) throw new Error('three')
  expect(draftFault([two, one], 0)).toBe('after')
  expect(draftFault([one, { ...two, afterIn: [] }], 1)).toBe('after')
  expect(draftFault([one, { ...two, afterIn: ['gone'] }], 1)).toBe('after')
})

test('what lacks is named', () => {
  const [, two, three] = all
  if (!two || !three) throw new Error('three')
  expect(draftFault([{ ...three, en: ' ' }], 0)).toBe('words')
  expect(draftFault([{ ...three, options: three.options.slice(1) }], 0)).toBe('options')
  expect(draftFault([{ ...two, after: '', above: 'x' }], 0)).toBe('number')
  expect(choicesOf(two)).toEqual([])
})
