import type { Appointment, AppointmentChange, AppointmentStatus } from '@/api/models'

const AHEAD = new Set<AppointmentStatus>([
  'held',
  'pending_payment',
  'requested',
  'booked',
  'checked_in',
  'in_consult',
])
const CHECK_IN_EARLY_MS = 30 * 60_000
const DISPUTE_MS = 24 * 3_600_000
const PAYABLE = new Set<AppointmentStatus>(['held', 'pending_payment'])

export function byStart(a: Appointment, b: Appointment): number {
  return Date.parse(a.startAt) - Date.parse(b.startAt) || a.id.localeCompare(b.id)
}

/* It may still take place. */
export function isAhead({ status }: Appointment): boolean {
  return AHEAD.has(status)
}

/* The time is kept only until holdExpiresAt. */
export function isOnlyKept({ status }: Appointment): boolean {
  return PAYABLE.has(status)
}

export function canCheckIn({ status, startAt, endAt }: Appointment, now: number): boolean {
  return status === 'booked' && now >= Date.parse(startAt) - CHECK_IN_EARLY_MS && now < Date.parse(endAt)
}

export function canMove({ status }: Appointment): boolean {
  return status === 'booked'
}

export function canCancel({ status }: Appointment): boolean {
  return status === 'booked' || status === 'requested' || PAYABLE.has(status)
}

/* For a day after he was marked as missing a patient may say that it was not so. Null: he was not. */
export function disputableUntil(history: AppointmentChange[]): number | null {
  const missed = history.find(({ to }) => to === 'noshow_patient')
  return missed ? Date.parse(missed.changedAt) + DISPUTE_MS : null
}

/* Where the patient should be now comes before what is later. */
export function nextFirst(list: Appointment[]): Appointment[] {
  const now = list.filter(({ status }) => status === 'in_consult' || status === 'checked_in')
  return [...now, ...list.filter((one) => !now.includes(one))]
}
