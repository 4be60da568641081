import { expect, test, vi } from 'vitest'
import { http, useAuth } from '@/api/http'
import { answerFetch, problem } from '@/testing/harness'

test('a 401 renews once and repeats with the new token', async () => {
  let token = 'old'
  const renew = vi.fn(async () => ((token = 'new'), true))
  useAuth({ token: () => token, renew })
  let calls = 0
  const fetched = answerFetch({
    'GET /x': () => (++calls === 1 ? problem(401, 'unauthorized') : { body: { fine: true } }),
  })
  await expect(http('GET', '/x')).resolves.toEqual({ fine: true })
  expect(renew).toHaveBeenCalledExactlyOnceWith('old')
  expect(fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get('Authorization'))).toEqual([
    'Bearer old',
    'Bearer new',
  ])
})

test('when renewing fails the 401 is the answer', async () => {
  useAuth({ token: () => 'old', renew: async () => false })
  const fetched = answerFetch({ 'GET /x': problem(401, 'unauthorized') })
  await expect(http('GET', '/x')).rejects.toMatchObject({
    code: 'unauthorized',
    status: 401,
    requestId: 'r-1',
  })
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('an anonymous request carries no token and renews nothing', async () => {
  const renew = vi.fn(async () => true)
  useAuth({ token: () => 'old', renew })
  const fetched = answerFetch({ 'POST /login': problem(401, 'unauthorized') })
  await expect(http('POST', '/login', { body: {}, anonymous: true })).rejects.toMatchObject({
    code: 'unauthorized',
  })
  expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).has('Authorization')).toBe(false)
  expect(renew).not.toHaveBeenCalled()
})

test('what is no problem document still has a code, and Retry-After is heard', async () => {
  useAuth({ token: () => null, renew: async () => false })
  answerFetch({
    'GET /proxy': { status: 502 },
    'GET /slow': { ...problem(429, 'rate-limited'), headers: { 'Retry-After': '7' } },
  })
  await expect(http('GET', '/proxy')).rejects.toMatchObject({ code: 'busy', status: 502 })
  await expect(http('GET', '/slow')).rejects.toMatchObject({ code: 'rate-limited', retryAfter: 7 })
})

test('no answer is a network failure', async () => {
  answerFetch({})
  await expect(http('GET', '/gone')).rejects.toMatchObject({ code: 'network', status: 0 })
})
