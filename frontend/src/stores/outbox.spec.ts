import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { listen } from '@/listeners'
import { outboxDelete, outboxOf } from '@/storage/outbox'
import { useMessagesStore } from '@/stores/messages'
import { useOutboxStore } from '@/stores/outbox'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, joined, message, mine, patient } from '@/testing/fixtures'
import { answerFetch, settle, startPage } from '@/testing/harness'

interface Sent {
  clientId: string
  text: string
}

/* A server that stores each clientId once. */
let stored: Sent[] = []

function store({ clientId, text }: Sent) {
  if (!stored.some((known) => known.clientId === clientId)) stored.push({ clientId, text })
  const seq = stored.findIndex((known) => known.clientId === clientId) + 1
  return { ok: true, message: { id: `msg_${seq}`, seq, sentAt: '2026-11-24T08:00:00Z' } }
}

async function onDisk() {
  await settle()
  await new Promise((resolve) => setTimeout(resolve, 20))
  return outboxOf(patient.id)
}

const texts = () =>
  useMessagesStore()
    .room(consult.id)
    ?.messages.map(({ text }) => text)

beforeEach(async () => {
  stored = []
  for (const { clientId } of await outboxOf(patient.id)) await outboxDelete(clientId)
  answerFetch({ 'GET /api/v1/consultations': { body: { items: [], nextCursor: null } } })
  startPage(patient)
  fakeSocket.answer('consult:join', () =>
    joined(
      stored.map((sent, at) => message(at + 1, { ...mine, ...sent })),
      0,
    ),
  )
  fakeSocket.answer('message:send', store)
  fakeSocket.opens()
  useMessagesStore().open(consult.id)
  await settle()
})

test('what is sent is shown as a message after the answer, and leaves the disk', async () => {
  const outbox = useOutboxStore()
  await outbox.send(consult.id, '你好')
  expect(await onDisk()).toEqual([])
  expect(outbox.entries).toEqual([])
  expect(texts()).toEqual(['你好'])
})

test('while the connection is down it waits on the disk, and goes out in order afterwards', async () => {
  fakeSocket.breaks()
  const outbox = useOutboxStore()
  for (const text of ['一', '二', '三']) await outbox.send(consult.id, text)
  expect((await onDisk()).map(({ text }) => text)).toEqual(['一', '二', '三'])
  fakeSocket.opens()
  expect(await onDisk()).toEqual([])
  expect(stored.map(({ text }) => text)).toEqual(['一', '二', '三'])
  expect(texts()).toEqual(['一', '二', '三'])
})

test('when the answer is lost the same clientId goes out again, and it is there once', async () => {
  fakeSocket.answer('message:send', (sent: Sent) => new Promise<object>(() => store(sent)))
  const outbox = useOutboxStore()
  await outbox.send(consult.id, '只有一次')
  await settle()
  expect(stored).toHaveLength(1)
  fakeSocket.ignore('message:send')
  fakeSocket.breaks()
  fakeSocket.answer('message:send', store)
  vi.useFakeTimers({ shouldAdvanceTime: true })
  fakeSocket.opens()
  await settle()
  expect(texts()).toEqual(['只有一次'])
})

test('after a reload what was on the disk goes out with its clientId', async () => {
  fakeSocket.breaks()
  await useOutboxStore().send(consult.id, '还没发出')
  const [entry] = await onDisk()
  setActivePinia(createPinia())
  listen()
  fakeSocket.opens()
  await onDisk()
  expect(stored).toEqual([{ clientId: entry?.clientId, text: '还没发出' }])
  expect(await onDisk()).toEqual([])
})

test('a busy server is asked again later', async () => {
  let busy = 2
  fakeSocket.answer('message:send', (sent: Sent) =>
    busy-- > 0 ? { ok: false, error: { code: 'busy' } } : store(sent),
  )
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await useOutboxStore().send(consult.id, '重试')
  await settle()
  expect(useOutboxStore().entries[0]?.failed).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1_100)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(stored.map(({ text }) => text)).toEqual(['重试'])
  expect(useOutboxStore().entries).toEqual([])
})

test('what is refused for good is marked, stays, and is sent again or dropped by the user', async () => {
  fakeSocket.answer('message:send', () => ({ ok: false, error: { code: 'conflict' } }))
  const outbox = useOutboxStore()
  await outbox.send(consult.id, '太晚了')
  await outbox.send(consult.id, '也太晚')
  expect((await onDisk()).map(({ failed }) => failed)).toEqual(['conflict', 'conflict'])
  fakeSocket.answer('message:send', store)
  await outbox.retry(outbox.entries[0]?.clientId ?? '')
  await onDisk()
  expect(stored.map(({ text }) => text)).toEqual(['太晚了'])
  await outbox.drop(outbox.entries[0]?.clientId ?? '')
  expect(await onDisk()).toEqual([])
})

test('a message of mine from another tab settles its entry here', async () => {
  fakeSocket.breaks()
  const outbox = useOutboxStore()
  await outbox.send(consult.id, '另一个窗口')
  const clientId = outbox.entries[0]?.clientId ?? ''
  fakeSocket.says('message:new', message(1, { ...mine, clientId, text: '另一个窗口' }))
  expect(await onDisk()).toEqual([])
  expect(outbox.of(consult.id)).toEqual([])
})
