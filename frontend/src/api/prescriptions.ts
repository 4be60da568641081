/* What may be prescribed, what was, and the pharmacist's word on it. */
import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']
type Answer = Schemas['PrescriptionAnswer']

const BASE = '/api/v1/prescriptions'

function one(prescription: string) {
  return `${BASE}/${encodeURIComponent(prescription)}`
}

export function findDrugs(q: string) {
  return http<Schemas['DrugList']>('GET', '/api/v1/drugs', { query: { q } })
}

export function listPrescriptions(query: { state?: Schemas['PrescriptionState']; cursor?: string }) {
  return http<Schemas['PrescriptionList']>('GET', BASE, { query })
}

export function getPrescription(prescription: string) {
  return http<Answer>('GET', one(prescription))
}

export function approvePrescription(prescription: string, password: string) {
  return http<Answer>('POST', `${one(prescription)}/approve`, { body: { password } })
}

export function rejectPrescription(prescription: string, reason: string) {
  return http<Answer>('POST', `${one(prescription)}/reject`, { body: { reason } })
}

export function dispensePrescription(prescription: string) {
  return http<Answer>('POST', `${one(prescription)}/dispense`)
}

export function cancelPrescription(prescription: string, reason: string) {
  return http<Answer>('POST', `${one(prescription)}/cancel`, { body: { reason } })
}

/* Whoever holds the code may ask. */
export function checkPrescription(token: string) {
  return http<Schemas['PrescriptionCheck']>('GET', `/api/v1/prescription-checks/${encodeURIComponent(token)}`, {
    anonymous: true,
  })
}
