import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecordBody, RecordDraft } from '@/api/models'
import { localKeys, localWrite } from '@/storage/local'
import { useRecordStore } from '@/stores/record'
import { consult, doctor } from '@/testing/fixtures'
import { answerFetch, logIn, problem } from '@/testing/harness'
import { isSameSheet, sheetOf } from '@/utils/record'

const PATH = `/api/v1/consultations/${consult.id}/record`
const KEYS = `record.${doctor.id}.`

/* A server that keeps a version, and takes only what was written upon it. */
let kept: RecordDraft
let down = false

function write(body: RecordBody, advance = 1) {
  kept = { ...kept, ...body, version: kept.version + advance, savedAt: '2026-11-25T10:00:00Z' }
}

function serve() {
  return answerFetch({
    [`GET ${PATH}`]: () => ({ body: kept }),
    [`PUT ${PATH}`]: ({ body }) => {
      if (down) throw new TypeError('no network')
      const { version, ...written } = body as RecordBody & { version?: number }
      void version
      write(written)
      return { body: kept }
    },
  })
}

function versionAsked(fetched: ReturnType<typeof answerFetch>) {
  return fetched.mock.calls
    .filter(([, init]) => init?.method === 'PUT')
    .map(([, init]) => new Headers(init?.headers).get('If-Match'))
}

/* A server that has moved on says no, with what it has or without. */
function refuse(withRecord: boolean) {
  let refused = false
  return answerFetch({
    [`GET ${PATH}`]: () => ({ body: kept }),
    [`PUT ${PATH}`]: ({ body }) => {
      if (refused) {
        write(body as RecordBody)
        return { body: kept }
      }
      refused = true
      const answer = problem(412, 'conflict')
      return withRecord ? { ...answer, body: { ...answer.body, record: kept } } : answer
    },
  })
}

async function opened() {
  const store = useRecordStore()
  await store.open(consult.id)
  return store
}

const kind = () => useRecordStore().of(consult.id)?.saving.kind
const mine = () => useRecordStore().of(consult.id)?.mine

beforeEach(() => {
  vi.useFakeTimers()
  for (const key of localKeys(KEYS)) localWrite(key, null)
  logIn(doctor)
  setActivePinia(createPinia())
  down = false
  kept = {
    consult: consult.id,
    version: 0,
    signedVersion: 0,
    note: {},
    followUp: null,
    diagnoses: [],
    prescription: { items: [] },
  }
  serve()
})

afterEach(() => vi.useRealTimers())

test('what is written is saved within two seconds of the last key, and however long one writes', async () => {
  const fetched = serve()
  const store = await opened()
  store.edit(consult.id, 'plan', '休')
  expect(kind()).toBe('unsaved')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(kept.note.plan).toBe('休')
  expect(kind()).toBe('saved')

  for (let key = 0; key < 8; key++) {
    store.edit(consult.id, 'plan', '休'.repeat(key + 2))
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(kept.note.plan?.length).toBeGreaterThan(4)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(kept.note.plan).toBe('休'.repeat(9))
  expect(versionAsked(fetched)).toEqual(versionAsked(fetched).map((_, at) => `"${at}"`))
  expect(localKeys(KEYS)).toEqual([])
})

test('without a connection the words are on this device, and go out when it is back', async () => {
  const store = await opened()
  down = true
  store.edit(consult.id, 'advice', '多喝水')
  expect(localKeys(KEYS)).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(kind()).toBe('retrying')
  expect(store.unsaved()).toBe(1)
  down = false
  store.flush()
  await vi.advanceTimersByTimeAsync(0)
  expect(kept.advice).toBe('多喝水')
  expect(kind()).toBe('saved')
  expect(localKeys(KEYS)).toEqual([])
})

test('a page that died leaves its words to the next one', async () => {
  const dead = { version: 0, base: sheetOf(kept), mine: { ...sheetOf(kept), history: '咳嗽三天' }, writtenAt: 1 }
  localWrite(`${KEYS}${consult.id}.dead`, JSON.stringify(dead))
  await opened()
  expect(mine()?.history).toBe('咳嗽三天')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(kept.note.history).toBe('咳嗽三天')
  expect(localKeys(KEYS)).toEqual([])
})

test('the words of a dead page do not overwrite what was saved since: they are chosen between', async () => {
  const base = sheetOf(kept)
  const dead = { version: 0, base, mine: { ...base, history: '咳嗽三天', plan: '休息' }, writtenAt: 1 }
  localWrite(`${KEYS}${consult.id}.dead`, JSON.stringify(dead))
  write({ ...kept, note: { history: '咳嗽五天' } })
  const store = await opened()
  expect(kind()).toBe('conflict')
  expect(store.conflicts(consult.id)).toEqual(['history'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(kept.note).toEqual({ history: '咳嗽五天' })
  store.resolve(consult.id, { history: '咳嗽三天' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(kept.note).toEqual({ history: '咳嗽三天', plan: '休息' })
})

test.each([true, false])('another device wrote another field: both stand (told what: %s)', async (told) => {
  refuse(told)
  const store = await opened()
  write({ ...kept, note: { findings: '咽红' } })
  store.edit(consult.id, 'plan', '休息')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(kept.note).toEqual({ findings: '咽红', plan: '休息' })
  expect(kind()).toBe('saved')
  expect(store.of(consult.id)?.joined).toBe(true)
})

test('another device wrote the same field: nothing is overwritten until it is chosen', async () => {
  refuse(true)
  const store = await opened()
  write({ ...kept, note: { plan: '住院' } })
  store.edit(consult.id, 'plan', '休息')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(kind()).toBe('conflict')
  expect(kept.note.plan).toBe('住院')
  // It goes on being written meanwhile, and is kept on this device.
  store.edit(consult.id, 'plan', '休息两天')
  store.edit(consult.id, 'advice', '多喝水')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(kept.note.plan).toBe('住院')
  expect(localKeys(KEYS)).toHaveLength(1)

  store.resolve(consult.id, { plan: '休息两天\n住院' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(kept.note.plan).toBe('休息两天\n住院')
  expect(kept.advice).toBe('多喝水')
  expect(kind()).toBe('saved')
  expect(localKeys(KEYS)).toEqual([])
})

test('an answer that got lost is no conflict', async () => {
  refuse(true)
  const store = await opened()
  store.edit(consult.id, 'plan', '休息')
  write({ ...kept, note: { plan: '休息' } })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(kind()).toBe('saved')
  expect(kept.version).toBe(1)
  expect(isSameSheet(sheetOf(kept), mine() ?? sheetOf(kept))).toBe(true)
})

test('what the server does not take stays, and is said', async () => {
  answerFetch({ [`GET ${PATH}`]: { body: kept }, [`PUT ${PATH}`]: problem(409, 'bad-transition') })
  const store = await opened()
  store.edit(consult.id, 'plan', '休息')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(kind()).toBe('failed')
  expect(mine()?.plan).toBe('休息')
  expect(localKeys(KEYS)).toHaveLength(1)
})
