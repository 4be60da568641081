import { nothing } from '@/api/error'
import { http } from '@/api/http'
import type { Queue } from '@/api/models'
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

/* Null: there is no line, or none any more. */
export function getQueue(consult: string) {
  return http<Queue>('GET', `${BASE}/${consult}/queue`).catch(nothing)
}

export function getConsult(consult: string) {
  return http<Schemas['ConsultAnswer']>('GET', `${BASE}/${consult}`)
}

export function resumeConsult(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/resume`)
}

export function signConsult(consult: string, advice: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/sign`, { body: { advice } })
}
