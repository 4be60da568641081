import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

export function listConsentDocuments(lang: string, clinic?: string) {
  return http<Schemas['ConsentDocumentList']>('GET', '/api/v1/consents', { query: { lang, clinic } })
}

export function listConsents(patient: string) {
  return http<Schemas['ConsentList']>('GET', '/api/v1/me/consents', { query: { patient } })
}

export function giveConsent({ docType, docVersion }: Schemas['ConsentName'], patient: string, key: string) {
  return http<Schemas['ConsentName']>('POST', '/api/v1/me/consents', {
    body: { docType, docVersion, patient },
    headers: { 'Idempotency-Key': key },
  })
}

export function withdrawConsent(docType: string, patient: string, clinic?: string) {
  return http<undefined>('DELETE', `/api/v1/me/consents/${encodeURIComponent(docType)}`, {
    query: { patient, clinic },
  })
}
