import { expect, test } from 'vitest'
import { fitted, isHeic } from '@/utils/photo'

const head = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

test.each([
  ['\0\0\0\x18ftypheic\0\0', true],
  ['\0\0\0\x18ftypmif1\0\0', true],
  ['\0\0\0\x18ftypM4A \0\0', false],
  ['\xff\xd8\xff\xe0\0\x10JFIF', false],
  ['ftypheic', false],
  ['', false],
])('%j is HEIC: %s', (bytes, heic) => expect(isHeic(head(bytes))).toBe(heic))

test.each([
  [4000, 3000, 2000, 2000, 1500],
  [3000, 4000, 2000, 1500, 2000],
  [100, 50, 2000, 100, 50],
  [9000, 1, 900, 900, 1],
])('%i x %i within %i is %i x %i', (width, height, most, wide, high) =>
  expect(fitted(width, height, most)).toEqual({ width: wide, height: high }),
)
