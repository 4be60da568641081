// record.mjs - a doctor writes the record of a consult and signs it, as a page does.
import assert from 'node:assert/strict'
import { PASSWORD } from './server.mjs'

export const whole = { summary: '普通感冒', advice: '多喝水', noDiagnosisReason: '症状轻微', followUp: { days: 3 } }

/* Saves `record` over what is there and signs it; `reason`: of an amendment. The answer of signing. */
export async function sign(server, doctor, consult, { record = whole, reason } = {}) {
  const { token } = doctor
  const at = `/api/v1/consultations/${consult}`
  const { version } = (await server.call('GET', `${at}/record`, { token })).body
  const saved = await server.call('PUT', `${at}/record`, { token, body: record, headers: { 'If-Match': `"${version}"` } })
  assert.equal(saved.status, 200, saved.text)
  const signed = await server.call('POST', `${at}/sign`, { token, body: { version: saved.body.version, password: PASSWORD, reason } })
  assert.equal(signed.status, 200, signed.text)
  return signed.body
}
