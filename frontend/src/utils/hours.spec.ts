import { expect, test } from 'vitest'
import { exceptionFault, ruleFault } from '@/utils/hours'

const rule = { weekday: 1, start: '09:00', end: '12:00', from: '2026-11-01', stepMin: 20 }
const now = new Date('2026-11-25T00:00:00Z')

test.each([
  [{}, null],
  [{ end: '24:00' }, null],
  [{ start: '' }, 'time'],
  [{ end: '09:00' }, 'order'],
  [{ stepMin: 4 }, 'step'],
  [{ stepMin: NaN }, 'step'],
  [{ from: '' }, 'days'],
  [{ to: '2026-10-31' }, 'days'],
])('a rule with %j: %s', (more, fault) => {
  expect(ruleFault({ ...rule, ...more }, [])).toBe(fault)
})

test('hours may touch, but not overlap on the same days', () => {
  expect(ruleFault(rule, [{ ...rule, start: '12:00', end: '13:00' }])).toBeNull()
  expect(ruleFault(rule, [{ ...rule, start: '11:59', end: '13:00' }])).toBe('overlap')
  expect(ruleFault(rule, [{ ...rule, weekday: 2 }])).toBeNull()
  expect(ruleFault(rule, [{ ...rule, from: '2026-01-01', to: '2026-10-31' }])).toBeNull()
  expect(ruleFault(rule, [{ ...rule, from: '2026-01-01', to: '2026-11-01' }])).toBe('overlap')
})

test.each([
  ['off', '2026-12-24T00:00:00Z', '2026-12-27T00:00:00Z', null],
  ['off', '', '2026-12-27T00:00:00Z', 'time'],
  ['off', '2026-12-24T00:00:00Z', '2026-12-24T00:00:00Z', 'order'],
  ['off', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', 'past'],
  ['off', '2026-12-01T00:00:00Z', '2027-12-03T00:00:00Z', 'offLong'],
  ['extra', '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z', null],
  ['extra', '2026-12-01T00:00:00Z', '2026-12-02T00:01:00Z', 'extraLong'],
] as const)('%s from %s to %s: %s', (kind, startAt, endAt, fault) => {
  expect(exceptionFault({ kind, startAt, endAt }, now)).toBe(fault)
})
