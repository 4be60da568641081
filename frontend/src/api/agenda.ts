/* A doctor's appointments, as he and his clinic see and change them. */
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']
type Answer = Schemas['AppointmentAnswer']

const BASE = '/api/v1/appointments'

interface Wanted {
  doctor: string
  from?: string
  to?: string
  status?: Schemas['AppointmentStatus']
  cursor?: string
}

export type Step = 'approve' | 'reject' | 'cancel' | 'no-show'

export function listAgenda(wanted: Wanted) {
  return http<Schemas['AppointmentList']>('GET', BASE, { query: { ...wanted, limit: 100 } })
}

export function takeStep(appointment: string, step: Step, version?: number, reason?: string) {
  const headers = version === undefined ? undefined : { 'If-Match': `"${version}"` }
  return http<Answer>('POST', `${BASE}/${appointment}/${step}`, { headers, body: reason ? { reason } : {} })
}

export function moveAppointment(
  appointment: string,
  version: number,
  body: Schemas['Reschedule'],
  key: string,
) {
  const headers = { 'If-Match': `"${version}"`, 'Idempotency-Key': key }
  return http<Answer>('POST', `${BASE}/${appointment}/reschedule`, { headers, body })
}
