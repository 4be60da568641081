import { nothing } from '@/api/error'
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

const BASE = '/api/v1/appointments'

function keyed(key: string) {
  return { 'Idempotency-Key': key }
}

function match(version: number) {
  return { 'If-Match': `"${version}"` }
}

export function listAppointments(query: { from?: string; to?: string; cursor?: string; limit?: number }) {
  return http<Schemas['AppointmentList']>('GET', BASE, { query })
}

export function getAppointment(appointment: string) {
  return http<Schemas['AppointmentDetail']>('GET', `${BASE}/${appointment}`)
}

export function bookAppointment(body: Schemas['NewAppointment'], key: string) {
  return http<Schemas['AppointmentAnswer']>('POST', BASE, { body, headers: keyed(key) })
}

export function confirmAppointment(appointment: string, version: number) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/confirm`, {
    headers: match(version),
  })
}

export function checkIn(appointment: string, version: number) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/check-in`, {
    headers: match(version),
  })
}

export function getCancellation(appointment: string) {
  return http<Schemas['Cancellation']>('GET', `${BASE}/${appointment}/cancellation`)
}

export function cancelAppointment(appointment: string, version: number, body: Schemas['Reason']) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/cancel`, {
    body,
    headers: match(version),
  })
}

export function rescheduleAppointment(appointment: string, version: number, startAt: string, key: string) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/reschedule`, {
    body: { startAt },
    headers: { ...match(version), ...keyed(key) },
  })
}

export function disputeNoShow(appointment: string, version: number, reason: string) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/dispute`, {
    body: { reason },
    headers: match(version),
  })
}

export function decideDispute(appointment: string, version: number, body: Schemas['DisputeDecision']) {
  return http<Schemas['AppointmentAnswer']>('POST', `${BASE}/${appointment}/dispute/decide`, {
    body,
    headers: match(version),
  })
}

/* Null: nothing was ever to be paid. */
export function getPayment(appointment: string) {
  return http<Schemas['Payment']>('GET', `${BASE}/${appointment}/payment`).catch(nothing)
}

/* The open order again, if there is one. */
export function openPayment(appointment: string) {
  return http<Schemas['Payment']>('POST', `${BASE}/${appointment}/payment`)
}
