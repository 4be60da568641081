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

export function getQueue(consult: string) {
  return http<Schemas['QueueAnswer']>('GET', `${BASE}/${consult}/queue`)
}

export function getConsult(consult: string) {
  return http<Schemas['ConsultAnswer']>('GET', `${BASE}/${consult}`)
}

export function resumeConsult(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/resume`)
}

export function referConsult(consult: string, reason: string, advice: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/refer`, { body: { reason, advice } })
}

export function offerTransfer(consult: string, doctor: string, reason: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/transfer`, { body: { doctor, reason } })
}

export function withdrawTransfer(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/transfer/withdraw`)
}

export function acceptTransfer(consult: string) {
  return http<Schemas['ConsultChanged']>('POST', `${BASE}/${consult}/transfer/accept`)
}

export function declineTransfer(consult: string, reason: string) {
  return http<undefined>('POST', `${BASE}/${consult}/transfer/decline`, { body: reason ? { reason } : {} })
}

export function listTransfers() {
  return http<Schemas['TransferList']>('GET', '/api/v1/me/transfers')
}
