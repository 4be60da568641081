import { expect, test } from 'vitest'
import type { FormQuestion } from '@/api/models'
import { answerText, askedOf } from '@/utils/form'

const both = (zh: string, en: string) => ({ zh, en })
const fever: FormQuestion = { id: 'fever', text: both('发热', 'Fever'), kind: 'yesno', isRequired: true }
const high: FormQuestion = { id: 'high', text: both('多高', 'How high'), kind: 'number', isRequired: true, showIf: { question: 'fever', in: ['yes'] } }
const signs: FormQuestion = {
  id: 'signs',
  text: both('还有', 'Else'),
  kind: 'multi',
  isRequired: false,
  options: [{ id: 'chest', text: both('胸痛', 'Chest pain') }, { id: 'cough', text: both('咳嗽', 'Cough') }],
}
const more: FormQuestion = { id: 'more', text: both('补充', 'More'), kind: 'text', isRequired: false, showIf: { question: 'signs', in: ['cough'] } }
const all = [fever, high, signs, more]
const ids = (answers: Parameters<typeof askedOf>[1]) => askedOf(all, answers).map(({ id }) => id)

test('a question is asked when the one it depends on was asked and answered so', () => {
  expect(ids({})).toEqual(['fever', 'signs'])
  expect(ids({ fever: 'yes' })).toEqual(['fever', 'high', 'signs'])
  expect(ids({ fever: 'no', signs: ['chest', 'cough'] })).toEqual(['fever', 'signs', 'more'])
  const chain = [fever, { ...signs, showIf: { question: 'fever', in: ['yes'] } }, more]
  expect(askedOf(chain, { fever: 'no', signs: ['cough'] }).map(({ id }) => id)).toEqual(['fever'])
})

test('answers are said in the words of the reader', () => {
  const yesno = { yes: 'Yes', no: 'No' }
  expect(answerText(fever, 'yes', 'en', yesno)).toBe('Yes')
  expect(answerText(high, 39.5, 'en', yesno)).toBe('39.5')
  expect(answerText(signs, ['chest', 'cough'], 'zh-CN', yesno)).toBe('胸痛、咳嗽')
  expect(answerText(more, 'yes', 'en', yesno)).toBe('yes')
  expect(answerText(more, undefined, 'en', yesno)).toBe('')
})
