import { expect, test } from 'vitest'
import { sendsMessage } from '@/utils/keys'

const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 }

test.each([
  ['Enter', {}, true],
  ['Shift and Enter', { shiftKey: true }, false],
  ['Enter that picks a candidate', { isComposing: true, keyCode: 229 }, false],
  ['Enter that ends a composition in Safari', { keyCode: 229 }, false],
  ['a letter', { key: 'a', keyCode: 65 }, false],
])('%s', (_name, change, sends) => {
  expect(sendsMessage({ ...enter, ...change })).toBe(sends)
})
