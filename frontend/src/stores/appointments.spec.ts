import { beforeEach, expect, test, vi } from 'vitest'
import { useAppointmentsStore } from '@/stores/appointments'
import { useNotificationsStore } from '@/stores/notifications'
import { useQueueStore } from '@/stores/queue'
import { answerFetch, settle, startPage } from '@/testing/harness'
import { appointment, notification, patient } from '@/testing/fixtures'
import { fakeSocket } from '@/testing/fakeSocket'

let fetch: ReturnType<typeof answerFetch>
const queue = { consult: 'con_1', place: 2, ahead: 1, estimate: null, doctorState: 'busy', emergencyNumber: '120' }

function asked(what: string) {
  return fetch.mock.calls.filter(([url, init]) => `${init?.method ?? 'GET'} ${url}`.startsWith(what))
}

beforeEach(async () => {
  fetch = answerFetch({
    'GET /api/v1/appointments': { body: { items: [appointment], nextCursor: null } },
    'GET /api/v1/consultations': { body: { items: [], nextCursor: null } },
    'GET /api/v1/consultations/con_1/queue': { body: queue },
    'GET /api/v1/me': { body: { user: patient, now: '2026-11-25T08:00:00Z' } },
    'GET /api/v1/me/notifications': { body: { items: [], nextCursor: null, unread: 0 } },
    'POST /api/v1/me/notifications/read': { body: { unread: 0 } },
  })
  startPage(patient).opens()
  await settle()
})

test('what the server says moves an appointment from ahead to past, and nothing is polled', async () => {
  const store = useAppointmentsStore()
  expect(store.ahead).toEqual([appointment])
  const before = fetch.mock.calls.length
  fakeSocket.says('appointment:changed', {
    appointment: { ...appointment, status: 'cancelled_by_clinic', version: 2 },
  })
  expect(store.ahead).toEqual([])
  expect(store.past).toHaveLength(1)
  expect(fetch.mock.calls.length).toBe(before)
})

test('an answer that is older than an event changes nothing', async () => {
  const store = useAppointmentsStore()
  fakeSocket.says('appointment:changed', { appointment: { ...appointment, status: 'checked_in', version: 2 } })
  await store.refresh()
  expect(store.get(appointment.id)?.status).toBe('checked_in')
})

test('the bell counts what is told, and is quiet on every device once it was read on one', async () => {
  const store = useNotificationsStore()
  fakeSocket.says('notification:new', { notification, unread: 3 })
  fakeSocket.says('notification:new', { notification, unread: 3 })
  expect([store.unread, store.list.length]).toEqual([3, 1])
  await store.readAll()
  expect(asked('POST /api/v1/me/notifications/read')[0]?.[1]?.body).toBe(`{"upTo":"${notification.id}"}`)
  expect(store.unread).toBe(0)
  fakeSocket.says('notification:new', { notification: { ...notification, id: 'ntf_2' }, unread: 1 })
  fakeSocket.says('notification:read', { unread: 0 })
  expect(store.unread).toBe(0)
})

test('the place in the line is live, and asked again after a gap', async () => {
  const store = useQueueStore()
  await store.refresh('con_1')
  fakeSocket.says('queue:changed', { consult: 'con_1', place: 1, ahead: 0, estimate: null, doctorState: 'here' })
  expect(store.get('con_1')).toMatchObject({ place: 1, doctorState: 'here', emergencyNumber: '120' })
  fakeSocket.says('queue:changed', { doctor: 'usr_doctor' })
  const before = asked('GET /api/v1/consultations/con_1/queue').length
  fakeSocket.breaks()
  fakeSocket.opens()
  await vi.waitFor(() => expect(asked('GET /api/v1/consultations/con_1/queue')).toHaveLength(before + 1))
})
