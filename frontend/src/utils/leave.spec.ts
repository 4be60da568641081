import { expect, test } from 'vitest'
import type { LeavePreviewItem } from '@/api/models'
import { appointment, consult } from '@/testing/fixtures'
import { choiceOf, firstFate, refundOf } from '@/utils/leave'

function item(id: string, doctor: string | null, amount = 0, currency = 'CNY'): LeavePreviewItem {
  const who = { ...appointment.doctor, clinic: consult.clinic, tz: 'Asia/Shanghai', id: doctor ?? '' }
  return {
    appointment: { ...appointment, id },
    proposal: doctor && { start: '2026-11-28T01:00:00Z', end: '2026-11-28T01:15:00Z', doctor: who },
    refund: { amount, currency },
  } as LeavePreviewItem
}

test('whoever can be moved is, the others are called off', () => {
  expect(firstFate(item('apt_1', appointment.doctor.id))).toBe('move')
  expect(firstFate(item('apt_1', null))).toBe('cancel')
})

test('a choice names the colleague only when it is one', () => {
  const start = '2026-11-28T01:00:00Z'
  expect(choiceOf(item('apt_1', appointment.doctor.id), 'move')).toEqual({
    appointment: 'apt_1',
    action: 'move',
    start,
  })
  expect(choiceOf(item('apt_1', 'usr_other'), 'move')).toMatchObject({ start, doctor: 'usr_other' })
  expect(choiceOf(item('apt_1', 'usr_other'), 'cancel')).toEqual({ appointment: 'apt_1', action: 'cancel' })
  expect(choiceOf(item('apt_1', null), 'move')).toEqual({ appointment: 'apt_1', action: 'cancel' })
})

test('the refunds of those called off, by currency', () => {
  const items = [
    item('a', null, 5000),
    item('b', null, 3000),
    item('c', null, 8000),
    item('d', null, 1, 'USD'),
  ]
  const fates = new Map(items.map(({ appointment: { id } }) => [id, id === 'c' ? 'move' : 'cancel'] as const))
  expect(refundOf(items, fates)).toEqual([
    { amount: 8000, currency: 'CNY' },
    { amount: 1, currency: 'USD' },
  ])
  expect(refundOf([item('e', null, 0)], new Map([['e', 'cancel']]))).toEqual([])
})
