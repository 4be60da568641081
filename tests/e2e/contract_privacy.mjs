// contract_privacy.mjs - who saw what, break-glass, search: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD } from './server.mjs'

export function privacyTests(world) {
  test('who saw my record, and the audit of a clinic', async () => {
    const { call, patient, doctor, admin, consult } = world()
    await call(200, 'GET', `/api/v1/consultations/${consult}`, { token: doctor.token })
    const { items } = await call(200, 'GET', '/api/v1/me/access', { token: patient.token })
    assert.ok(items.some(({ who, action }) => who.id === doctor.user.id && action === 'consult.view'))
    assert.ok(items.every(({ who }) => who?.id !== patient.user.id))
    const self = (await call(200, 'GET', '/api/v1/me/patients', { token: patient.token })).items[0].id
    assert.deepEqual((await call(200, 'GET', `/api/v1/me/access?patient=${self}`, { token: patient.token })).items, items)
    await call(404, 'GET', '/api/v1/me/access?patient=pat_none', { token: patient.token })
    await call(400, 'GET', '/api/v1/me/access?cursor=x', { token: patient.token })
    await call(403, 'GET', '/api/v1/me/access', { token: doctor.token })
    const found = await call(200, 'GET', `/api/v1/admin/audit?patient=${self}&user=${doctor.user.id}&limit=1`, { token: admin.token })
    assert.equal(found.items[0].who.id, doctor.user.id)
    await call(400, 'GET', '/api/v1/admin/audit?from=yesterday', { token: admin.token })
    await call(403, 'GET', '/api/v1/admin/audit', { token: patient.token })
  })

  test('in an emergency the results of a patient who is not his', async () => {
    const { server, call, patient, admin } = world()
    const colleague = await server.login('doctor2')
    const token = colleague.token
    const { items } = await call(200, 'GET', `/api/v1/patients?name=${encodeURIComponent('李小红')}`, { token })
    const at = `/api/v1/patients/${items[0].id}`
    await call(400, 'GET', '/api/v1/patients', { token })
    await call(403, 'GET', '/api/v1/patients?name=x', { token: patient.token })
    await call(403, 'GET', `${at}/results`, { token })
    await call(404, 'GET', '/api/v1/patients/pat_none/results', { token })
    const body = { reason: 'unconscious, allergies unknown', password: PASSWORD }
    await call(400, 'POST', `${at}/break-glass`, { token, body: { ...body, reason: 'short' } })
    await call(403, 'POST', `${at}/break-glass`, { token, body: { ...body, password: 'wrong' } })
    await call(404, 'POST', '/api/v1/patients/pat_none/break-glass', { token, body })
    const { until } = await call(200, 'POST', `${at}/break-glass`, { token, body })
    assert.equal((await call(200, 'GET', `${at}/results`, { token })).until, until)
    assert.equal((await call(200, 'GET', '/api/v1/admin/break-glass', { token: admin.token })).items[0].reason, body.reason)
    await call(400, 'GET', '/api/v1/admin/break-glass?cursor=x', { token: admin.token })
    assert.ok((await call(200, 'GET', '/api/v1/me/notifications', { token: patient.token })).items.some(({ kind }) => kind === 'break-glass'))
  })

  test('search finds my own, and says what it wants', async () => {
    const { call, patient, doctor, admin } = world()
    const { items } = await call(200, 'GET', `/api/v1/search?q=${encodeURIComponent('血压')}`, { token: patient.token })
    assert.ok(items.length > 1 && items.every(({ snippet }) => snippet.match === '血压'))
    assert.ok((await call(200, 'GET', '/api/v1/search?q=%E6%9D%8E%E5%B0%8F%E7%BA%A2', { token: doctor.token })).items.some(({ kind }) => kind === 'person'))
    assert.deepEqual((await call(200, 'GET', `/api/v1/search?q=${encodeURIComponent('血压')}`, { token: admin.token })).items, [])
    await call(400, 'GET', `/api/v1/search?q=${encodeURIComponent('血')}`, { token: patient.token })
    await call(401, 'GET', '/api/v1/search?q=aa')
  })
}
