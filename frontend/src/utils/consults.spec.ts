import { expect, test } from 'vitest'
import { consult, doctor, message, patient } from '@/testing/fixtures'
import { byActivity, counterpartName, isOver } from '@/utils/consults'

test('each sees the other', () => {
  expect(counterpartName(consult, patient)).toBe(doctor.name)
  expect(counterpartName(consult, doctor)).toBe(patient.name)
})

test('it is over when the doctor finished, signed or not', () => {
  expect(isOver(consult)).toBe(false)
  expect(isOver({ ...consult, state: 'paused' })).toBe(false)
  expect(isOver({ ...consult, state: 'awaiting_signature' })).toBe(true)
  expect(isOver({ ...consult, state: 'closed', closedAt: '2026-11-23T08:00:00Z' })).toBe(true)
})

test('what moved last stands first: a message, an opening, a closing', () => {
  const old = {
    ...consult,
    id: 'con_old',
    unread: 0,
    lastMessage: message(1, { sentAt: '2026-11-20T08:00:00Z' }),
  }
  const fresh = { ...consult, id: 'con_new', unread: 0, openedAt: '2026-11-22T08:00:00Z' }
  const closed = { ...old, id: 'con_closed', closedAt: '2026-11-23T08:00:00Z' }
  expect([old, fresh, closed].sort(byActivity).map(({ id }) => id)).toEqual([
    'con_closed',
    'con_new',
    'con_old',
  ])
})
