import { http } from '@/api/http'
import type { components } from '@/api/types'

export function listMessagesBefore(consult: string, before: number) {
  return http<components['schemas']['MessagePage']>('GET', `/api/v1/consultations/${consult}/messages`, {
    query: { before, limit: 50 },
  })
}
