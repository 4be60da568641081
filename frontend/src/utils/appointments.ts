import type { Appointment, AppointmentStatus } from '@/api/models'

const AHEAD = new Set<AppointmentStatus>([
  'held',
  'pending_payment',
  'requested',
  'booked',
  'checked_in',
  'in_consult',
])
const CHECK_IN_EARLY_MS = 30 * 60_000
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

/* Where the patient should be now comes before what is later. */
export function nextFirst(list: Appointment[]): Appointment[] {
  const now = list.filter(({ status }) => status === 'in_consult' || status === 'checked_in')
  return [...now, ...list.filter((one) => !now.includes(one))]
}
