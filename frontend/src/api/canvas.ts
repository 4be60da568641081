import { http } from '@/api/http'

/* A picture of what is drawn up to `seq`, for the conversation and the record. */
export function saveCanvas(consult: string, file: string, seq: number) {
  // A file is sent once: its id is as good a key as any.
  const headers = { 'Idempotency-Key': file }
  return http<{ file: string }>('POST', `/api/v1/consultations/${consult}/board/save`, { body: { file, seq }, headers })
}
