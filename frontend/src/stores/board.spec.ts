import { beforeEach, expect, test, vi } from 'vitest'
import { useBoardStore } from '@/stores/board'
import { useClockStore } from '@/stores/clock'
import { fakeSocket } from '@/testing/fakeSocket'
import { appointment, consult, doctor } from '@/testing/fixtures'
import { answerFetch, problem, settle, startPage } from '@/testing/harness'

const BOARD = `GET /api/v1/doctors/${doctor.id}/board`
const waiting = {
  column: 'waiting',
  consult: consult.id,
  patient: consult.patient,
  since: '2026-11-25T07:00:00Z',
  unread: 0,
  returning: false,
  redFlag: false,
  patientHere: true,
}
let answers: number

beforeEach(async () => {
  answers = 0
  vi.useFakeTimers()
  vi.setSystemTime('2026-11-25T08:00:00Z')
  answerFetch({
    [BOARD]: () => ({ body: { now: '2026-11-25T08:05:00Z', doctorHere: true, items: answers++ > 0 ? [] : [waiting] } }),
  })
  startPage(doctor)
  await useBoardStore().open(doctor.id)
})

test('the board tells the time of the server', () => {
  expect(useBoardStore().items).toEqual([waiting])
  expect(useClockStore().now()).toBe(Date.parse('2026-11-25T08:05:00Z'))
})

test.each([
  ['queue:changed', { doctor: doctor.id }],
  ['consult:changed', { consult }],
  ['appointment:changed', { appointment }],
])('%s refreshes it, once for many', async (event, body) => {
  for (let times = 0; times < 3; times++) fakeSocket.says(event, body)
  expect(answers).toBe(1)
  await vi.advanceTimersByTimeAsync(300)
  expect(answers).toBe(2)
  expect(useBoardStore().items).toEqual([])
})

test('another doctor is none of it', async () => {
  fakeSocket.says('queue:changed', { doctor: 'usr_other' })
  await vi.advanceTimersByTimeAsync(300)
  expect(answers).toBe(1)
})

test('a refresh that fails leaves what is there; the first one says so', async () => {
  answerFetch({ [BOARD]: problem(503, 'busy') })
  await useBoardStore().refresh()
  expect(useBoardStore()).toMatchObject({ items: [waiting], load: { kind: 'ready' } })
  useBoardStore().clear()
  await useBoardStore().open(doctor.id)
  await settle()
  expect(useBoardStore().load).toMatchObject({ kind: 'failed', error: { code: 'busy' } })
})
