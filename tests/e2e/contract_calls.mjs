// contract_calls.mjs - the routes of calls, as described; what is said in a call is call.test.mjs's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientId } from './server.mjs'

export function callTests(of) {
  test('calls: the log, how to connect, whom to bring', async () => {
    const { call, patient, doctor, admin } = of()
    const { consult } = await call(201, 'POST', '/api/v1/consultations',
      { token: patient.token, body: { doctor: doctor.user.id, text: '能视频吗', clientId: clientId() } })
    const at = `/api/v1/consultations/${consult.id}`
    await call(200, 'POST', `${at}/accept`, { token: doctor.token })
    assert.deepEqual((await call(200, 'GET', `${at}/calls`, { token: patient.token })).items, [])
    await call(404, 'GET', `${at}/calls`, { token: admin.token })
    await call(401, 'GET', `${at}/calls`)
    assert.ok(Array.isArray((await call(200, 'POST', `${at}/ice-servers`, { token: patient.token })).iceServers))
    await call(404, 'POST', `${at}/ice-servers`, { token: admin.token })

    const guest = { name: '女儿', relation: 'relative' }
    await call(400, 'POST', `${at}/guests`, { token: doctor.token, body: { ...guest, relation: 'friend' } })
    await call(404, 'POST', `${at}/guests`, { token: admin.token, body: guest })
    const { url } = await call(201, 'POST', `${at}/guests`, { token: doctor.token, body: guest })
    const token = url.split('#')[1]
    const login = await call(200, 'POST', '/api/v1/auth/guest', { body: { token } })
    assert.deepEqual([login.user.role, login.consult], ['guest', consult.id])
    await call(401, 'POST', '/api/v1/auth/guest', { body: { token } })
    await call(404, 'GET', `${at}/messages`, { token: login.token })
    await call(404, 'GET', `${at}/calls`, { token: login.token })
  })
}
