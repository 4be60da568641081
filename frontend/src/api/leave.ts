/* A doctor's leave, and what becomes of those it meets. */
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

function of(doctor: string, more = '') {
  return `/api/v1/doctors/${encodeURIComponent(doctor)}/leave${more}`
}

export function listLeave(doctor: string) {
  return http<Schemas['LeaveList']>('GET', of(doctor), { query: { limit: 20 } })
}

export function previewLeave(doctor: string, body: Schemas['NewLeaveSpan']) {
  return http<Schemas['LeavePreview']>('POST', of(doctor, '/preview'), { body })
}

export function takeLeave(doctor: string, body: Schemas['NewLeave'], key: string) {
  return http<Schemas['LeaveTaken']>('POST', of(doctor), { body, headers: { 'Idempotency-Key': key } })
}

export function undoLeave(doctor: string, leave: string) {
  return http<Schemas['LeaveUndone']>('POST', of(doctor, `/${leave}/undo`))
}
