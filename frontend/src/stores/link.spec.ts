import { beforeEach, expect, test, vi } from 'vitest'
import { useLinkStore } from '@/stores/link'
import { useSessionStore } from '@/stores/session'
import { useTypingStore } from '@/stores/typing'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, doctor, patient } from '@/testing/fixtures'
import { answerFetch, problem, settle, startPage } from '@/testing/harness'

const EMPTY = { 'GET /api/v1/consultations': { body: { items: [], nextCursor: null } } }

beforeEach(() => {
  answerFetch(EMPTY)
  startPage(patient)
})

test('says connecting, online, reconnecting, online', () => {
  const link = useLinkStore()
  expect(link.state).toBe('connecting')
  fakeSocket.opens()
  expect(link.state).toBe('online')
  fakeSocket.breaks()
  expect(link.state).toBe('reconnecting')
  fakeSocket.opens()
  expect(link.state).toBe('online')
})

test('a refused token is renewed once, and the door tried again', async () => {
  answerFetch({
    ...EMPTY,
    'POST /api/v1/auth/refresh': {
      body: { token: 'token-2', expiresAt: '2099-01-01T00:00:00Z', user: patient },
    },
  })
  fakeSocket.refuses('unauthorized')
  await settle()
  expect(useSessionStore().token).toBe('token-2')
  expect(fakeSocket.active).toBe(true)
})

test('a refused token and a refused renewal end the session and the connection', async () => {
  answerFetch({ ...EMPTY, 'POST /api/v1/auth/refresh': problem(401, 'unauthorized') })
  fakeSocket.refuses('unauthorized')
  await settle()
  expect(useSessionStore().user).toBeNull()
  expect(useLinkStore().state).toBe('off')
  expect(fakeSocket.active).toBe(false)
})

test('when the server cuts the connection the page knocks again', async () => {
  vi.useFakeTimers()
  fakeSocket.opens()
  fakeSocket.active = false
  fakeSocket.breaks()
  await vi.advanceTimersByTimeAsync(3_100)
  expect(fakeSocket.active).toBe(true)
})

test('a new token is told to the live connection', async () => {
  answerFetch({
    ...EMPTY,
    'POST /api/v1/auth/refresh': {
      body: { token: 'token-2', expiresAt: '2099-01-01T00:00:00Z', user: patient },
    },
  })
  fakeSocket.answer('auth:renew', () => ({ ok: true }))
  fakeSocket.opens()
  await useSessionStore().renew('token-1')
  await settle()
  expect(fakeSocket.asked('auth:renew')).toEqual([{ token: 'token-2' }])
})

test('typing is believed for six seconds', async () => {
  vi.useFakeTimers()
  const typing = useTypingStore()
  fakeSocket.says('typing', { consult: consult.id, user: doctor.id, on: true })
  await vi.advanceTimersByTimeAsync(5_900)
  expect(typing.isTyping(consult.id, doctor.id)).toBe(true)
  await vi.advanceTimersByTimeAsync(200)
  expect(typing.isTyping(consult.id, doctor.id)).toBe(false)
})
