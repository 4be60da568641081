import { http } from '@/api/http'
import type { components } from '@/api/types'

export function listDoctors(cursor?: string) {
  return http<components['schemas']['DoctorList']>('GET', '/api/v1/doctors', { query: { cursor, limit: 30 } })
}
