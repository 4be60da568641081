import { expect, test } from 'vitest'
import { entryOf } from '@/utils/version'

test('the entry is found in a built page, and in none of development', () => {
  const built =
    '<link href="/assets/index-1.css"><script type="module" crossorigin src="/assets/index-D1Tu_K-e.js"></script>'
  expect(entryOf(built)).toBe('/assets/index-D1Tu_K-e.js')
  expect(entryOf('<script type="module" src="/src/main.ts"></script>')).toBeNull()
  expect(entryOf('')).toBeNull()
})
