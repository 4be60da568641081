import { expect, test } from 'vitest'
import { isSearchable } from '@/utils/search'

test.each([
  ['血压', true],
  ['ab', true],
  ['x 血压', true],
  ['Ａｂ', true],
  ['血', false],
  ['血 压', false],
  ['。，', false],
  ['', false],
])('%s', (text, wanted) => expect(isSearchable(text)).toBe(wanted))
