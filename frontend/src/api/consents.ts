import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

export function listConsentDocuments(lang: string) {
  return http<Schemas['ConsentDocumentList']>('GET', '/api/v1/consents', { query: { lang } })
}

export function listConsents() {
  return http<Schemas['ConsentList']>('GET', '/api/v1/me/consents')
}

export function giveConsent({ docType, docVersion }: Schemas['ConsentName'], key: string) {
  return http<Schemas['ConsentName']>('POST', '/api/v1/me/consents', {
    body: { docType, docVersion },
    headers: { 'Idempotency-Key': key },
  })
}
