import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

export function listAccess(patient: string, cursor?: string) {
  return http<Schemas['AccessList']>('GET', '/api/v1/me/access', { query: { patient, cursor, limit: 20 } })
}

export function search(q: string, cursor?: string) {
  return http<Schemas['SearchList']>('GET', '/api/v1/search', { query: { q, cursor, limit: 20 } })
}

export function findPatients(name: string) {
  return http<Schemas['FoundPatientList']>('GET', '/api/v1/patients', { query: { name } })
}

export function breakGlass(patient: string, body: Schemas['BreakGlass']) {
  return http<Schemas['GlassBroken']>('POST', `/api/v1/patients/${patient}/break-glass`, { body })
}

export function listOpened(patient: string) {
  return http<Schemas['GlassResults']>('GET', `/api/v1/patients/${patient}/results`)
}

export function listBroken(cursor?: string) {
  return http<Schemas['GlassList']>('GET', '/api/v1/admin/break-glass', { query: { cursor, limit: 20 } })
}
