import { expect, test } from 'vitest'
import type { AppointmentStatus, LeavePreviewItem } from '@/api/models'
import { appointment, consult } from '@/testing/fixtures'
import { choiceOf, firstPlan, isMovable, overlaps, refundOf, toldWhenCalledOff, type Plan } from '@/utils/leave'

const span = { start: '2026-11-28T01:00:00Z', end: '2026-11-28T01:15:00Z' }
const cancel: Plan = { fate: 'cancel', other: null }
const move: Plan = { fate: 'proposal', other: null }

function item(id: string, doctor: string | null, amount = 0, currency = 'CNY'): LeavePreviewItem {
  const who = { ...appointment.doctor, clinic: consult.clinic, tz: 'Asia/Shanghai', id: doctor ?? '' }
  return {
    appointment: { ...appointment, id },
    proposal: doctor && { ...span, doctor: who },
    refund: { amount, currency },
  } as LeavePreviewItem
}

test('whoever can be moved is, the others are called off', () => {
  expect(firstPlan(item('apt_1', appointment.doctor.id))).toEqual(move)
  expect(firstPlan(item('apt_1', null))).toEqual(cancel)
})

test('a choice names the colleague only when it is one', () => {
  const { start } = span
  const own = { appointment: 'apt_1', action: 'move', start }
  expect(choiceOf(item('apt_1', appointment.doctor.id), move)).toEqual(own)
  expect(choiceOf(item('apt_1', 'usr_other'), move)).toEqual({ ...own, doctor: 'usr_other' })
  expect(choiceOf(item('apt_1', 'usr_other'), cancel)).toEqual({ appointment: 'apt_1', action: 'cancel' })
  expect(choiceOf(item('apt_1', null), move)).toEqual({ appointment: 'apt_1', action: 'cancel' })
})

test('what was picked goes before the proposal, and waits while another fate is looked at', () => {
  const other = { start: '2026-11-29T02:00:00Z', end: '2026-11-29T02:15:00Z', doctor: appointment.doctor }
  const one = item('apt_1', 'usr_other')
  expect(choiceOf(one, { fate: 'other', other })).toEqual({
    appointment: 'apt_1',
    action: 'move',
    start: other.start,
  })
  expect(choiceOf(one, { fate: 'proposal', other })).toMatchObject({ start: span.start })
  expect(choiceOf(one, { fate: 'cancel', other })).toMatchObject({ action: 'cancel' })
})

test('the refunds of those called off, by currency', () => {
  const items = [
    item('a', null, 5000),
    item('b', null, 3000),
    item('c', 'usr_other', 8000),
    item('d', null, 1, 'USD'),
  ]
  const plans = new Map(items.map((one) => [one.appointment.id, firstPlan(one)]))
  expect(refundOf(items, plans)).toEqual([
    { amount: 8000, currency: 'CNY' },
    { amount: 1, currency: 'USD' },
  ])
  expect(refundOf([item('e', null, 0)], new Map([['e', cancel]]))).toEqual([])
})

test('only a booking can be moved; who is called off reads what he asked for', () => {
  const status = (one: AppointmentStatus) => ({ ...item('a', null), appointment: { ...appointment, status: one } })
  expect((['booked', 'requested', 'held', 'checked_in'] as const).map((one) => isMovable(status(one)))).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect((['booked', 'requested', 'held', 'pending_payment'] as const).map(toldWhenCalledOff)).toEqual([
    'appointment-cancelled',
    'appointment-rejected',
    null,
    null,
  ])
})

test('times that touch do not overlap', () => {
  expect(overlaps(span, { start: span.end, end: '2026-11-28T02:00:00Z' })).toBe(false)
  expect(overlaps(span, { start: '2026-11-28T01:14:00Z', end: '2026-11-28T02:00:00Z' })).toBe(true)
})
