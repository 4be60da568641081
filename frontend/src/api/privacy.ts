import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

export function listAccess(patient: string, cursor?: string) {
  return http<Schemas['AccessList']>('GET', '/api/v1/me/access', { query: { patient, cursor, limit: 20 } })
}

export function search(q: string, cursor?: string) {
  return http<Schemas['SearchList']>('GET', '/api/v1/search', { query: { q, cursor, limit: 20 } })
}
