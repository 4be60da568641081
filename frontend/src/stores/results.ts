/* What patients receive: the preview of it, the signature, and the signed versions. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asApiError, type ApiError } from '@/api/error'
import type { RxCheck, Result } from '@/api/models'
import * as api from '@/api/records'
import { useConsultsStore } from '@/stores/consults'
import { useRecordStore } from '@/stores/record'

export interface Preview {
  result: Result
  checks: RxCheck[]
}

export const useResultsStore = defineStore('results', () => {
  const consults = useConsultsStore()
  const record = useRecordStore()
  /* The newest of each consult; an error: there is none, or it could not be asked. */
  const newest = shallowReactive(new Map<string, Result | ApiError>())
  const previews = shallowReactive(new Map<string, Preview>())

  function put(result: Result): Result {
    const known = newest.get(result.consult)
    if (!known || !('version' in known) || known.version <= result.version) newest.set(result.consult, result)
    return result
  }

  async function look(consult: string): Promise<void> {
    try {
      put(await api.getResult(consult))
    } catch (error) {
      if (!newest.has(consult)) newest.set(consult, asApiError(error))
    }
  }

  function version(consult: string, number: number): Promise<Result> {
    return api.getResult(consult, number)
  }

  /* Of what is saved: what is only on this device nobody can sign. */
  async function preview(consult: string): Promise<Preview> {
    const answer = await api.previewRecord(consult)
    previews.set(consult, answer)
    return answer
  }

  async function sign(consult: string, password: string, reason: string) {
    const draft = record.of(consult)
    const body = { version: draft?.version ?? 0, password, ...(reason ? { reason } : {}) }
    consults.changed((await api.signRecord(consult, body)).consult)
    await record.signed(consult)
    previews.delete(consult)
    newest.delete(consult)
    await look(consult)
  }

  async function acknowledge(consult: string, number: number) {
    put(await api.acknowledgeResult(consult, number))
  }

  /* Somebody is told: another version, or that the patient has read it. */
  function signed(consult: string) {
    if (newest.has(consult)) void look(consult)
  }

  function acknowledged(consult: string, number: number, at: string) {
    const known = newest.get(consult)
    if (known && 'version' in known && known.version === number) newest.set(consult, { ...known, acknowledgedAt: at })
  }

  function clear() {
    newest.clear()
    previews.clear()
  }

  return { newest, previews, look, version, preview, sign, acknowledge, signed, acknowledged, clear }
})
