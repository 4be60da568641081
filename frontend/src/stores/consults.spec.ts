import { beforeEach, expect, test, vi } from 'vitest'
import { useConsultsStore } from '@/stores/consults'
import { useReceiptsStore } from '@/stores/receipts'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, message, patient } from '@/testing/fixtures'
import { answerFetch, settle, startPage } from '@/testing/harness'

let items: object[] = []

beforeEach(async () => {
  items = [{ ...consult, lastSeq: 2, unread: 2, lastMessage: message(2) }]
  answerFetch({
    'GET /api/v1/consultations': () => ({ body: { items, nextCursor: null } }),
    'POST /api/v1/consultations/con_1/finish': {
      body: { consult: { ...consult, state: 'closed', lastSeq: 2 } },
    },
  })
  startPage(patient)
  fakeSocket.answer('message:delivered', () => ({ ok: true }))
  fakeSocket.opens()
  await settle()
})

test('the preview of a list is a message that arrived', () => {
  expect(useConsultsStore().unreadTotal).toBe(2)
  expect(fakeSocket.asked('message:delivered')).toEqual([{ consult: consult.id, seq: 2 }])
})

test('a new consult of somebody appears at once, its preview soon after', async () => {
  vi.useFakeTimers()
  items = [
    ...items,
    { ...consult, id: 'con_2', lastSeq: 1, unread: 1, lastMessage: message(1, { consult: 'con_2' }) },
  ]
  fakeSocket.says('consult:changed', { consult: { ...consult, id: 'con_2', lastSeq: 1 } })
  const consults = useConsultsStore()
  expect(consults.get('con_2')).toMatchObject({ unread: 0 })
  await vi.advanceTimersByTimeAsync(300)
  expect(consults.get('con_2')).toMatchObject({ unread: 1, lastMessage: { seq: 1 } })
})

test('an unread message of a consult that is not open fetches its preview once', async () => {
  vi.useFakeTimers()
  items = [{ ...consult, lastSeq: 4, unread: 4, lastMessage: message(4) }]
  fakeSocket.says('unread:changed', { consult: consult.id, lastSeq: 3, unread: 3 })
  fakeSocket.says('unread:changed', { consult: consult.id, lastSeq: 4, unread: 4 })
  await vi.advanceTimersByTimeAsync(300)
  expect(useConsultsStore().get(consult.id)).toMatchObject({ unread: 4, lastMessage: { seq: 4 } })
  const lists = vi.mocked(fetch).mock.calls.filter(([url]) => String(url).includes('/consultations?'))
  expect(lists).toHaveLength(2)
})

test('reading counts down, in whatever tab it was read', () => {
  fakeSocket.says('message:read', { consult: consult.id, user: patient.id, seq: 1 })
  expect(useConsultsStore().unreadTotal).toBe(1)
  fakeSocket.says('message:read', { consult: consult.id, user: patient.id, seq: 2 })
  expect(useConsultsStore().unreadTotal).toBe(0)
})

test('what I read stays read, though the count was on its way already', async () => {
  fakeSocket.says('message:read', { consult: consult.id, user: patient.id, seq: 3 })
  fakeSocket.says('unread:changed', { consult: consult.id, lastSeq: 3, unread: 3 })
  expect(useConsultsStore().unreadTotal).toBe(0)
  await useConsultsStore().refresh()
  expect(useConsultsStore().unreadTotal).toBe(0)
  fakeSocket.says('unread:changed', { consult: consult.id, lastSeq: 4, unread: 4 })
  expect(useConsultsStore().unreadTotal).toBe(1)
})

test('a change of state keeps what only the list knows', async () => {
  await useConsultsStore().finish(consult.id)
  expect(useConsultsStore().get(consult.id)).toMatchObject({
    state: 'closed',
    unread: 2,
    lastMessage: { seq: 2 },
  })
})

test('a receipt that could not be told is told after the reconnect, the highest only', async () => {
  fakeSocket.breaks()
  const receipts = useReceiptsStore()
  receipts.read(consult.id, 1)
  receipts.read(consult.id, 2)
  await settle()
  expect(fakeSocket.asked('message:read')).toEqual([])
  fakeSocket.answer('message:read', () => ({ ok: true }))
  fakeSocket.opens()
  await settle()
  expect(fakeSocket.asked('message:read')).toEqual([{ consult: consult.id, seq: 2 }])
})
