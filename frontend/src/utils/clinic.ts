/* What the server would refuse of an offer or a policy, said before it has to; keys under clinic.fault. */
import type { Money, NewPolicy, NewService } from '@/api/models'

type Tier = NewPolicy['tiers'][number]

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

export function serviceFault({ name, minutes, bufferMin = 0, fee }: NewService) {
  if (!name) return 'name'
  if (!within(minutes, 5, 240) || !within(bufferMin, 0, 240 - minutes)) return 'minutes'
  return within(fee.amount, 0, 100_000_000) ? null : 'fee'
}

export function policyFault({ tiers, graceMin, moveCutoffMin, movesMax, noShowFeePercent = 100 }: NewPolicy) {
  const falls = tiers.every(({ hours, percent }, at) => {
    const before = tiers[at - 1]
    const fits = within(hours, 0, 9999) && within(percent, 0, 100)
    return fits && (!before || (hours < before.hours && percent <= before.percent))
  })
  if (!falls) return 'tiers'
  if (!within(graceMin, 5, 120)) return 'grace'
  if (!within(movesMax, 0, 100)) return 'moves'
  if (!within(moveCutoffMin, 0, 10_080)) return 'cutoff'
  return within(noShowFeePercent, 0, 100) ? null : 'noShow'
}

/* What comes back of a fee; `hours` null: later than the last. */
export function refundRows(tiers: Tier[], { amount, currency }: Money) {
  const rows = tiers.map(({ hours, percent }) => ({
    hours: hours as number | null,
    percent,
    refund: { amount: Math.ceil((amount * percent) / 100), currency },
  }))
  return tiers.at(-1)?.hours === 0 ? rows : [...rows, { hours: null, percent: 0, refund: { amount: 0, currency } }]
}
