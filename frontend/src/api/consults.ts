import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

const BASE = '/api/v1/consultations'

export function listConsults(cursor?: string) {
  return http<Schemas['ConsultList']>('GET', BASE, { query: { cursor, limit: 30 } })
}

export function startConsult(body: Schemas['NewConsult']) {
  return http<Schemas['ConsultStarted']>('POST', BASE, { body })
}

export function acceptConsult(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/accept`)
}

export function finishConsult(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/finish`)
}
