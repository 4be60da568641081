/* A doctor's hours, and what follows from them. */
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

function of(doctor: string, more = '') {
  return `/api/v1/doctors/${encodeURIComponent(doctor)}${more}`
}

export function listRules(doctor: string) {
  return http<Schemas['RuleList']>('GET', of(doctor, '/rules'))
}

export function addRule(doctor: string, body: Schemas['NewRule']) {
  return http<Schemas['RuleAnswer']>('POST', of(doctor, '/rules'), { body })
}

export function setRule(doctor: string, rule: string, body: Schemas['NewRule']) {
  return http<Schemas['RuleAnswer']>('PUT', of(doctor, `/rules/${rule}`), { body })
}

export function removeRule(doctor: string, rule: string) {
  return http<undefined>('DELETE', of(doctor, `/rules/${rule}`))
}

export function listExceptions(doctor: string, from?: string, to?: string) {
  return http<Schemas['ExceptionList']>('GET', of(doctor, '/exceptions'), { query: { from, to } })
}

export function addException(doctor: string, body: Schemas['NewException']) {
  return http<Schemas['ExceptionAnswer']>('POST', of(doctor, '/exceptions'), { body })
}

export function setException(doctor: string, exception: string, body: Schemas['NewException']) {
  return http<Schemas['ExceptionAnswer']>('PUT', of(doctor, `/exceptions/${exception}`), { body })
}

export function removeException(doctor: string, exception: string) {
  return http<undefined>('DELETE', of(doctor, `/exceptions/${exception}`))
}

export function explainSlot(doctor: string, service: string, at: string) {
  return http<Schemas['SlotWhy']>('GET', of(doctor, '/slots/why'), { query: { service, at } })
}
