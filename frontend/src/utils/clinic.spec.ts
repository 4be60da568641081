import { expect, test } from 'vitest'
import { policyFault, refundRows, serviceFault } from '@/utils/clinic'
import { majorOf, minorOf } from '@/utils/money'

const service = {
  name: '视频复诊',
  mode: 'video' as const,
  minutes: 15,
  bufferMin: 5,
  fee: { amount: 5000, currency: 'CNY' },
}
const policy = {
  tiers: [
    { hours: 24, percent: 100 },
    { hours: 2, percent: 50 },
  ],
  graceMin: 15,
  moveCutoffMin: 120,
  movesMax: 2,
}

test.each([
  [{}, null],
  [{ name: '' }, 'name'],
  [{ minutes: 4 }, 'minutes'],
  [{ minutes: 15.5 }, 'minutes'],
  [{ minutes: 240 }, 'minutes'],
  [{ minutes: 240, bufferMin: 0 }, null],
  [{ fee: { amount: NaN, currency: 'CNY' } }, 'fee'],
  [{ fee: { amount: 100_000_001, currency: 'CNY' } }, 'fee'],
])('a service with %j: %s', (more, fault) => {
  expect(serviceFault({ ...service, ...more })).toBe(fault)
})

test.each([
  [{}, null],
  [{ tiers: [] }, null],
  [{ tiers: [...policy.tiers, { hours: 2, percent: 10 }] }, 'tiers'],
  [{ tiers: [...policy.tiers, { hours: 1, percent: 50 }] }, null],
  [{ tiers: [...policy.tiers, { hours: 1, percent: 60 }] }, 'tiers'],
  [{ tiers: [{ hours: 1, percent: 101 }] }, 'tiers'],
  [{ graceMin: 4 }, 'grace'],
  [{ movesMax: 101 }, 'moves'],
  [{ moveCutoffMin: 10_081 }, 'cutoff'],
  [{ noShowFeePercent: 0 }, null],
  [{ noShowFeePercent: 101 }, 'noShow'],
])('a policy with %j: %s', (more, fault) => {
  expect(policyFault({ ...policy, ...more })).toBe(fault)
})

test('what comes back is rounded as the server does, and later than the last it is nothing', () => {
  const fee = { amount: 5001, currency: 'CNY' }
  expect(refundRows(policy.tiers, fee).map(({ hours, refund }) => [hours, refund.amount])).toEqual([
    [24, 5001],
    [2, 2501],
    [null, 0],
  ])
  expect(refundRows([{ hours: 0, percent: 30 }], fee)).toHaveLength(1)
})

test.each([
  ['50', 'CNY', 5000],
  ['50.5', 'CNY', 5050],
  [' 0.05 ', 'CNY', 5],
  ['50.555', 'CNY', NaN],
  ['-1', 'CNY', NaN],
  ['', 'CNY', NaN],
  ['500', 'JPY', 500],
])('%j of %s is %d', (text, currency, amount) => {
  expect(minorOf(text, currency)).toBe(amount)
  if (!Number.isNaN(amount)) expect(minorOf(majorOf({ amount, currency }), currency)).toBe(amount)
})
