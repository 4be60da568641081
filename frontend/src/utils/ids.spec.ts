import { expect, test } from 'vitest'
import { newId } from '@/utils/ids'

test('fits the shape that the server asks of a clientId, and does not repeat', () => {
  const ids = Array.from({ length: 1_000 }, newId)
  expect(ids.every((id) => /^[A-Za-z0-9_-]{8,64}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(1_000)
})
