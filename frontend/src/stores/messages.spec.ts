import { beforeEach, expect, test } from 'vitest'
import { useConsultsStore } from '@/stores/consults'
import { useMessagesStore } from '@/stores/messages'
import { usePresenceStore } from '@/stores/presence'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, doctor, joined, message, mine, patient } from '@/testing/fixtures'
import { answerFetch, settle, startPage } from '@/testing/harness'

let all = [1, 2, 3].map((seq) => message(seq))

const shown = () =>
  useMessagesStore()
    .room(consult.id)
    ?.messages.map(({ seq }) => seq)

beforeEach(() => {
  all = [1, 2, 3].map((seq) => message(seq))
  answerFetch({ 'GET /api/v1/consultations': { body: { items: [], nextCursor: null } } })
  startPage(patient)
  fakeSocket.answer('consult:join', ({ after }: { after?: number }) => joined(all, after))
  for (const event of ['consult:leave', 'message:delivered', 'message:read'])
    fakeSocket.answer(event, () => ({ ok: true }))
  fakeSocket.opens()
})

test('opening joins, shows the messages and says that they arrived', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  expect(shown()).toEqual([1, 2, 3])
  expect(useMessagesStore().room(consult.id)?.load.kind).toBe('ready')
  expect(fakeSocket.asked('message:delivered')).toEqual([{ consult: consult.id, seq: 3 }])
  expect(useConsultsStore().get(consult.id)?.lastMessage?.seq).toBe(3)
})

test('a consult longer than an answer is fetched to its end', async () => {
  all = Array.from({ length: 250 }, (_, at) => message(at + 1))
  useMessagesStore().open(consult.id)
  await settle()
  expect(shown()).toHaveLength(250)
  expect(fakeSocket.asked('consult:join')).toEqual([
    { consult: consult.id },
    { consult: consult.id, after: 100 },
    { consult: consult.id, after: 200 },
  ])
})

test('a new message that comes twice is shown once', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.says('message:new', message(4))
  fakeSocket.says('message:new', message(4))
  expect(shown()).toEqual([1, 2, 3, 4])
})

test('a gap asks for what is missing, from before the gap', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  all = [1, 2, 3, 4, 5].map((seq) => message(seq))
  fakeSocket.says('message:new', message(5))
  await settle()
  expect(fakeSocket.asked('consult:join').at(-1)).toEqual({ consult: consult.id, after: 3 })
  expect(shown()).toEqual([1, 2, 3, 4, 5])
})

test('after a reconnect the open room is joined again after its last seq', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.breaks()
  all = Array.from({ length: 150 }, (_, at) => message(at + 1))
  fakeSocket.opens()
  await settle()
  expect(shown()).toHaveLength(150)
  expect(fakeSocket.asked('consult:join').slice(1)).toEqual([
    { consult: consult.id, after: 3 },
    { consult: consult.id, after: 103 },
  ])
})

test('a connection that breaks during the join is no failure, the next one goes on', async () => {
  fakeSocket.ignore('consult:join')
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.breaks()
  await settle()
  expect(useMessagesStore().room(consult.id)?.load.kind).toBe('loading')
  fakeSocket.answer('consult:join', ({ after }: { after?: number }) => joined(all, after))
  fakeSocket.opens()
  await settle()
  expect(shown()).toEqual([1, 2, 3])
})

test('a closed room is left and not joined again', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  useMessagesStore().close(consult.id)
  fakeSocket.breaks()
  fakeSocket.opens()
  await settle()
  expect(fakeSocket.asked('consult:leave')).toHaveLength(1)
  expect(fakeSocket.asked('consult:join')).toHaveLength(1)
})

test('a consult of others fails with its code', async () => {
  fakeSocket.answer('consult:join', () => ({ ok: false, error: { code: 'not-found', requestId: 'r-9' } }))
  useMessagesStore().open(consult.id)
  await settle()
  expect(useMessagesStore().room(consult.id)?.load).toMatchObject({
    kind: 'failed',
    error: { code: 'not-found', requestId: 'r-9' },
  })
})

test('older messages are put before, once', async () => {
  all = Array.from({ length: 80 }, (_, at) => message(at + 1))
  fakeSocket.answer('consult:join', () => ({ ...joined(all), messages: all.slice(40) }))
  const fetched = answerFetch({
    [`GET /api/v1/consultations/${consult.id}/messages`]: {
      body: { items: all.slice(0, 45), more: false, lastSeq: 80 },
    },
  })
  useMessagesStore().open(consult.id)
  await settle()
  await Promise.all([useMessagesStore().loadOlder(consult.id), useMessagesStore().loadOlder(consult.id)])
  expect(shown()).toEqual(all.map(({ seq }) => seq))
  expect(fetched.mock.calls.filter(([address]) => address.includes('before=41'))).toHaveLength(1)
  await useMessagesStore().loadOlder(consult.id)
  expect(fetched.mock.calls.filter(([address]) => address.includes('before='))).toHaveLength(1)
})

test('ticks never go back', async () => {
  const presence = usePresenceStore()
  all = [message(1, mine), message(2, mine)]
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.says('message:read', { consult: consult.id, user: doctor.id, seq: 2 })
  fakeSocket.says('message:read', { consult: consult.id, user: doctor.id, seq: 1 })
  fakeSocket.says('message:delivered', { consult: consult.id, user: doctor.id, seq: 1 })
  expect(presence.of(consult.id)[1]).toMatchObject({ lastReadSeq: 2, lastDeliveredSeq: 2 })
  fakeSocket.says('presence:changed', { consult: consult.id, user: doctor.id, online: false })
  expect(presence.of(consult.id)[1]).toMatchObject({ online: false, lastReadSeq: 2 })
})

test('what was recalled loses its words, here and in the list', async () => {
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.says('message:recalled', { consult: consult.id, id: 'msg_3', seq: 3, recalledAt: '2026-11-24T08:01:00Z' })
  const last = useMessagesStore().room(consult.id)?.messages.at(-1)
  expect([last?.text, last?.recalledAt]).toEqual([undefined, '2026-11-24T08:01:00Z'])
  expect(useConsultsStore().get(consult.id)?.lastMessage?.text).toBeUndefined()
})

test('what may have been recalled in a gap is asked for again', async () => {
  const sentAt = new Date(Date.now() - 30_000).toISOString()
  all = [message(1), message(2, { sentAt }), message(3, { sentAt })]
  useMessagesStore().open(consult.id)
  await settle()
  fakeSocket.says('disconnect', 'transport close')
  all = [message(1), message(2, { text: undefined, recalledAt: sentAt }), message(3, { sentAt })]
  fakeSocket.opens()
  await settle()
  expect(fakeSocket.asked('consult:join').at(-1)).toEqual({ consult: consult.id, after: 1 })
  expect(useMessagesStore().room(consult.id)?.messages[1]?.recalledAt).toBe(sentAt)
})
