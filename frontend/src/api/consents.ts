import { http } from '@/api/http'
import { nothing } from '@/api/error'
import type { ConsentDocument } from '@/api/models'

interface Given {
  docType: string
  docVersion: string
}

export function listConsentDocuments(lang: string) {
  return http<{ items: ConsentDocument[] }>('GET', '/api/v1/consents', { query: { lang } }).catch(nothing)
}

export function listConsents() {
  return http<{ items: Given[] }>('GET', '/api/v1/me/consents').catch(nothing)
}

export function giveConsent({ docType, docVersion }: Given, key: string) {
  return http<unknown>('POST', '/api/v1/me/consents', {
    body: { docType, docVersion },
    headers: { 'Idempotency-Key': key },
  })
}
