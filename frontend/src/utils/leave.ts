/* What becomes of those a leave meets. */
import type { AppointmentStatus, LeaveChoice, LeavePreviewItem, Money } from '@/api/models'

export interface Place {
  doctor: { id: string; name: string }
  start: string
  end: string
}

/* `other`: what was picked instead of the proposal; kept while another fate is looked at. */
export interface Plan {
  fate: 'proposal' | 'other' | 'cancel'
  other: Place | null
}

export function isMovable({ appointment }: LeavePreviewItem): boolean {
  return appointment.status === 'booked'
}

/* Where somebody can go he goes. */
export function firstPlan({ proposal }: LeavePreviewItem): Plan {
  return { fate: proposal ? 'proposal' : 'cancel', other: null }
}

/* Where he goes; null: nowhere. */
export function placeOf({ proposal }: LeavePreviewItem, { fate, other }: Plan): Place | null {
  return fate === 'proposal' ? proposal : fate === 'other' ? other : null
}

export function choiceOf(item: LeavePreviewItem, plan: Plan): LeaveChoice {
  const place = placeOf(item, plan)
  const { id, doctor } = item.appointment
  if (!place) return { appointment: id, action: 'cancel' }
  const elsewhere = place.doctor.id === doctor.id ? {} : { doctor: place.doctor.id }
  return { appointment: id, action: 'move', start: place.start, ...elsewhere }
}

/* What goes back to those who are called off; nothing when it is nothing. */
export function refundOf(items: LeavePreviewItem[], plans: Map<string, Plan>): Money[] {
  const sums = new Map<string, number>()
  for (const item of items) {
    const plan = plans.get(item.appointment.id)
    const { amount, currency } = item.refund
    if (!plan || placeOf(item, plan) || amount === 0) continue
    sums.set(currency, (sums.get(currency) ?? 0) + amount)
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}

export function overlaps(a: { start: string; end: string }, b: { start: string; end: string }): boolean {
  return Date.parse(a.start) < Date.parse(b.end) && Date.parse(b.start) < Date.parse(a.end)
}

/* As the patient's page says it; a hold that is given up is no news to anybody. */
export type Told = 'appointment-rescheduled' | 'appointment-cancelled' | 'appointment-rejected'

export function toldWhenCalledOff(status: AppointmentStatus): Told | null {
  if (status === 'requested') return 'appointment-rejected'
  return status === 'held' || status === 'pending_payment' ? null : 'appointment-cancelled'
}
