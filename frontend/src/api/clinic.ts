/* What a clinic offers and by which rules. */
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

const BASE = '/api/v1/admin'

function keyed(key: string) {
  return { 'Idempotency-Key': key }
}

export function listKeptServices() {
  return http<Schemas['KeptServiceList']>('GET', `${BASE}/services`)
}

export function addService(body: Schemas['NewService'], key: string) {
  return http<Schemas['KeptServiceAnswer']>('POST', `${BASE}/services`, { body, headers: keyed(key) })
}

export function setService(service: string, body: Schemas['NewService']) {
  return http<Schemas['KeptServiceAnswer']>('PUT', `${BASE}/services/${service}`, { body })
}

export function listKeptDepartments() {
  return http<Schemas['KeptDepartmentList']>('GET', `${BASE}/departments`)
}

export function addDepartment(body: Schemas['NewDepartment'], key: string) {
  return http<Schemas['KeptDepartmentAnswer']>('POST', `${BASE}/departments`, { body, headers: keyed(key) })
}

export function setDepartment(department: string, body: Schemas['NewDepartment']) {
  return http<Schemas['KeptDepartmentAnswer']>('PUT', `${BASE}/departments/${department}`, { body })
}

export function verifyPatient(patient: string, body: Schemas['Verification']) {
  return http<Schemas['KnownPatientAnswer']>('POST', `${BASE}/patients/${patient}/verify`, { body })
}

export function listPayments(query: { state?: string; cursor?: string }) {
  return http<Schemas['PaymentRowList']>('GET', `${BASE}/payments`, { query })
}

export function listPolicies() {
  return http<Schemas['PolicyList']>('GET', `${BASE}/policies`)
}

export function addPolicy(body: Schemas['NewPolicy'], key: string) {
  return http<Schemas['PolicyAnswer']>('POST', `${BASE}/policies`, { body, headers: keyed(key) })
}
