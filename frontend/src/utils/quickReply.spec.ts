import { expect, test } from 'vitest'
import { appended, fillIn } from '@/utils/quickReply'

test('what is known is filled in, what is not stays to be seen', () => {
  expect(fillIn('{patient}，{doctor}，{drug}，{patient}', { patient: '$&', doctor: '李' })).toBe('$&，李，{drug}，$&')
})

test('it comes behind what is written', () => {
  expect([appended('', 'b'), appended('a', 'b'), appended('a\n', 'b')]).toEqual(['b', 'a b', 'a\nb'])
})
