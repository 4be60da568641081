import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { localRead } from '@/storage/local'
import { useDraftsStore } from '@/stores/drafts'
import { useSessionStore } from '@/stores/session'
import { patient } from '@/testing/fixtures'
import { answerFetch, logIn, problem } from '@/testing/harness'

const REFRESH = 'POST /api/v1/auth/refresh'

function session(token: string) {
  return { body: { token, expiresAt: new Date(Date.now() + 900_000).toISOString(), user: patient } }
}

beforeEach(() => setActivePinia(createPinia()))

test('a login is kept for the next page', async () => {
  answerFetch({ 'POST /api/v1/auth/login': session('token-1') })
  await useSessionStore().login('zhangwei', 'password')
  setActivePinia(createPinia())
  expect(useSessionStore().user).toEqual(patient)
  expect(useSessionStore().token).toBe('token-1')
})

test('two that find the token spent refresh once', async () => {
  logIn(patient, 'spent')
  const fetched = answerFetch({ [REFRESH]: session('fresh') })
  const store = useSessionStore()
  expect(await Promise.all([store.renew('spent'), store.renew('spent')])).toEqual([true, true])
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(new Headers(fetched.mock.calls[0]?.[1]?.headers).has('X-Requested-With')).toBe(true)
  expect(store.token).toBe('fresh')
})

test('another tab was faster: its token is taken', async () => {
  logIn(patient, 'spent')
  const store = useSessionStore()
  logIn(patient, 'of the other tab')
  const fetched = answerFetch({})
  expect(await store.renew('spent')).toBe(true)
  expect(store.token).toBe('of the other tab')
  expect(fetched).not.toHaveBeenCalled()
})

test('the server ends the session: nobody is logged in, the drafts stay', async () => {
  logIn(patient, 'spent')
  const store = useSessionStore()
  useDraftsStore().write('consult.con_1', 'half a sentence')
  answerFetch({ [REFRESH]: problem(401, 'unauthorized') })
  expect(await store.renew('spent')).toBe(false)
  expect(store.user).toBeNull()
  expect(store.expired).toBe(true)
  logIn(patient)
  setActivePinia(createPinia())
  expect(useDraftsStore().read('consult.con_1')).toBe('half a sentence')
})

test('a network without a server ends nothing', async () => {
  logIn(patient, 'spent')
  answerFetch({})
  const store = useSessionStore()
  expect(await store.renew('spent')).toBe(false)
  expect(store.user).toEqual(patient)
})

test('the token is renewed about a minute before its end', async () => {
  vi.useFakeTimers()
  logIn(patient, 'token-1', 900_000)
  const fetched = answerFetch({ [REFRESH]: session('token-2') })
  const store = useSessionStore()
  await vi.advanceTimersByTimeAsync(838_000)
  expect(fetched).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(store.token).toBe('token-2')
})

test('a guest is one in his tab alone, beside whoever is logged in, and is never renewed', async () => {
  vi.useFakeTimers()
  logIn(patient, 'of the others')
  const { body } = session('guest-1')
  const guest = { id: 'usr_guest', name: '翻译', role: 'guest', locale: 'zh-CN', tz: 'Asia/Shanghai' }
  const fetched = answerFetch({ 'POST /api/v1/auth/guest': { body: { ...body, user: guest, consult: 'con_1' } } })
  await useSessionStore().enterAsGuest('link')
  setActivePinia(createPinia())
  const reloaded = useSessionStore()
  expect([reloaded.token, reloaded.guestOf]).toEqual(['guest-1', 'con_1'])
  expect(JSON.parse(localRead('session') ?? '').token).toBe('of the others')

  await vi.advanceTimersByTimeAsync(899_000)
  expect(reloaded.user).toEqual(guest)
  expect(await reloaded.renew('older')).toBe(false)
  expect(reloaded.user).toEqual(guest)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(reloaded.user).toBeNull()
  expect(fetched).toHaveBeenCalledTimes(1)
  setActivePinia(createPinia())
  expect(useSessionStore().token).toBe('of the others')
})

test('logging out forgets the drafts, also when the server is away', async () => {
  logIn(patient)
  answerFetch({})
  const store = useSessionStore()
  useDraftsStore().write('consult.con_1', 'private')
  await store.logout()
  expect(store.user).toBeNull()
  expect(store.expired).toBe(false)
  expect(localRead(`draft.${patient.id}.consult.con_1`)).toBeNull()
  expect(localRead('session')).toBeNull()
})
