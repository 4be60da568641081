/* What a consult leaves behind: the doctor's draft, the signed result, and what is known of the patient. */
import { http } from '@/api/http'
import type {
  Consult,
  Health,
  IcdCode,
  RecordBody,
  RxCheck,
  RecordDraft,
  Result,
  TimelineItem,
} from '@/api/models'

const CONSULTS = '/api/v1/consultations'

function match(version: number) {
  return { 'If-Match': `"${version}"` }
}

export function getRecord(consult: string) {
  return http<RecordDraft>('GET', `${CONSULTS}/${consult}/record`)
}

export function putRecord(consult: string, body: RecordBody, version: number) {
  return http<RecordDraft>('PUT', `${CONSULTS}/${consult}/record`, { body, headers: match(version) })
}

export function previewRecord(consult: string) {
  return http<{ result: Result; checks: RxCheck[] }>('GET', `${CONSULTS}/${consult}/record/preview`)
}

export function signRecord(consult: string, body: { version: number; password: string; reason?: string }) {
  return http<{ consult: Consult }>('POST', `${CONSULTS}/${consult}/sign`, { body })
}

export function getTimeline(consult: string) {
  return http<{ items: TimelineItem[] }>('GET', `${CONSULTS}/${consult}/timeline`)
}

export function getResult(consult: string, version?: number) {
  return http<Result>('GET', `${CONSULTS}/${consult}/result`, { query: { version } })
}

export function acknowledgeResult(consult: string, version: number) {
  return http<Result>('POST', `${CONSULTS}/${consult}/result/acknowledge`, { body: { version } })
}

export function searchIcd(q: string) {
  return http<{ items: IcdCode[] }>('GET', '/api/v1/icd', { query: { q, limit: 12 } })
}

export function getHealth(patient: string) {
  return http<Health>('GET', `/api/v1/patients/${patient}/health`)
}

export function putHealth(patient: string, { version, ...body }: Omit<Health, 'patient'>) {
  return http<Health>('PUT', `/api/v1/patients/${patient}/health`, { body, headers: match(version) })
}
