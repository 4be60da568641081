import { expect, test } from 'vitest'
import { ApiError } from '@/api/error'
import { makeI18n } from '@/i18n'
import { messageFor } from '@/utils/messageFor'

const { t, te } = makeI18n('en').global
const words = {
  t: (key: string, named?: Record<string, unknown>) => t(key, named ?? {}),
  te: (key: string) => te(key),
}

test("says the cause, the next step and the request, never the server's words", () => {
  const text = messageFor(new ApiError('busy', 503, 'r-77', 12), words)
  expect(text).toBe('The server is busy. Please try again in 12 seconds. (Reference r-77)')
})

test('a place may have its own words for a code', () => {
  const error = new ApiError('unauthorized', 401)
  expect(messageFor(error, words)).toContain('not logged in any more')
  expect(messageFor(error, words, 'login')).toContain('password is wrong')
  expect(messageFor(error, words, 'send')).toContain('not logged in any more')
})

test('what is no ApiError, or a code of tomorrow, is a fault of the server', () => {
  const fault = messageFor(new ApiError('internal'), words)
  expect(messageFor(new Error('secret'), words)).toBe(fault)
  expect(messageFor(new ApiError('teapot' as never), words)).toBe(fault)
})
