/* What becomes of those a leave meets. */
import type { LeaveChoice, LeavePreviewItem, Money } from '@/api/models'

export type Fate = 'move' | 'cancel'

/* Where somebody can go he goes. */
export function firstFate({ proposal }: LeavePreviewItem): Fate {
  return proposal ? 'move' : 'cancel'
}

export function choiceOf({ appointment, proposal }: LeavePreviewItem, fate: Fate): LeaveChoice {
  if (fate === 'cancel' || !proposal) return { appointment: appointment.id, action: 'cancel' }
  const elsewhere = proposal.doctor.id !== appointment.doctor.id
  return {
    appointment: appointment.id,
    action: 'move',
    start: proposal.start,
    ...(elsewhere ? { doctor: proposal.doctor.id } : {}),
  }
}

/* What goes back to those who are called off; nothing when it is nothing. */
export function refundOf(items: LeavePreviewItem[], fates: Map<string, Fate>): Money[] {
  const sums = new Map<string, number>()
  for (const { appointment, refund } of items) {
    if (fates.get(appointment.id) !== 'cancel' || refund.amount === 0) continue
    sums.set(refund.currency, (sums.get(refund.currency) ?? 0) + refund.amount)
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}
