import { expect, test } from 'vitest'
import { initials, isSendable, TEXT_MAX, textLength } from '@/utils/text'

test('an emoji or a rare character counts as the server counts it', () => {
  expect(textLength('你好')).toBe(2)
  expect(textLength('🤒𠮷')).toBe(2)
})

test('what is blank or over the limit is not sent', () => {
  expect(isSendable(' \n ')).toBe(false)
  expect(isSendable('🤒'.repeat(TEXT_MAX))).toBe(true)
  expect(isSendable('🤒'.repeat(TEXT_MAX + 1))).toBe(false)
})

test.each([
  ['张伟', '伟'],
  ['欧阳娜娜', '娜'],
  ['Jane Mary Doe', 'JD'],
  ['bob', 'B'],
  ['', '?'],
  ['𠮷田', '𠮷'],
])('%s is pictured as %s', (name, picture) => {
  expect(initials(name)).toBe(picture)
})
