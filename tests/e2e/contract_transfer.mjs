// contract_transfer.mjs - a consult goes to a colleague: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientId } from './server.mjs'

export function transferTests(world) {
  test('a consult is offered to a colleague, declined, withdrawn, taken over', async () => {
    const { server, call, patient, doctor, admin } = world()
    const colleague = await server.login('doctor2')
    const { consult } = await call(201, 'POST', '/api/v1/consultations',
      { token: patient.token, body: { doctor: doctor.user.id, text: '心慌', clientId: clientId() } })
    const at = `/api/v1/consultations/${consult.id}/transfer`
    const body = { doctor: colleague.user.id, reason: '需要心内科意见' }
    const offer = (want, who = doctor, what = body) => call(want, 'POST', at, { token: who.token, body: what })
    await offer(409)
    await call(200, 'POST', `/api/v1/consultations/${consult.id}/accept`, { token: doctor.token })
    await offer(403, patient)
    for (const who of [colleague, admin]) await offer(404, who)
    await offer(400, doctor, { ...body, doctor: doctor.user.id })
    await offer(404, doctor, { ...body, doctor: 'usr_nobody' })
    await offer(413, doctor, { ...body, reason: '长'.repeat(501) })
    await call(404, 'POST', `${at}/accept`, { token: colleague.token })
    assert.equal((await offer(200)).consult.transfer.doctor.id, colleague.user.id)
    assert.equal((await call(200, 'GET', `/api/v1/consultations/${consult.id}`, { token: patient.token })).consult.transfer, undefined)
    assert.equal((await call(200, 'GET', '/api/v1/me/transfers', { token: colleague.token })).items[0].consult, consult.id)
    await call(403, 'GET', '/api/v1/me/transfers', { token: patient.token })
    for (const deed of ['accept', 'decline']) {
      for (const [who, want] of [[patient, 403], [doctor, 403], [admin, 404]]) await call(want, 'POST', `${at}/${deed}`, { token: who.token })
    }
    await call(204, 'POST', `${at}/decline`, { token: colleague.token, body: { reason: '正在手术' } })
    await offer(200)
    await call(403, 'POST', `${at}/withdraw`, { token: patient.token })
    assert.equal((await call(200, 'POST', `${at}/withdraw`, { token: doctor.token })).consult.transfer, undefined)
    await offer(200)
    assert.equal((await call(200, 'POST', `${at}/accept`, { token: colleague.token })).consult.doctor.id, colleague.user.id)
    await call(404, 'GET', `/api/v1/consultations/${consult.id}`, { token: doctor.token })
    await call(200, 'GET', '/api/v1/me/notifications', { token: patient.token })
  })
}
