/* The day of a doctor. */
import type { AppointmentStatus } from '@/api/models'

/* Of the policy a clinic begins with; the server knows of another and says no. */
export const GRACE_MS = 15 * 60_000

export function canMarkNoShow(status: AppointmentStatus, startAt: string, now: number): boolean {
  return status === 'booked' && now >= Date.parse(startAt) + GRACE_MS
}
