import { http } from '@/api/http'
import type { components } from '@/api/types'

export function getBoard(doctor: string) {
  return http<components['schemas']['Board']>('GET', `/api/v1/doctors/${encodeURIComponent(doctor)}/board`)
}
