import { expect, test } from 'vitest'
import { tokenLifeMs } from '@/utils/token'

function token(claims: object) {
  return `h.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.s`
}

test('the life of a token is the difference of its claims', () => {
  expect(tokenLifeMs(token({ iat: 1_000, exp: 1_900 }))).toBe(900_000)
})

test.each(['', 'a.b.c', token({ exp: 5 }), token({ iat: '1', exp: 2 })])('%j tells nothing', (text) => {
  expect(tokenLifeMs(text)).toBeNull()
})
