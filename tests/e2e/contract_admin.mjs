// contract_admin.mjs - what a clinic's desk keeps: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'

export function adminTests(world) {
  test('departments, services and policies', async () => {
    const { server, call, patient, doctor, admin } = world()
    const desk = await server.login('desk')
    const at = '/api/v1/admin'
    const post = (want, what, body, token = admin.token) => call(want, 'POST', `${at}/${what}`, { token, headers: key(), body })
    for (const what of ['departments', 'services', 'policies']) {
      assert.ok((await call(200, 'GET', `${at}/${what}`, { token: desk.token })).items.length > 0)
      await call(403, 'GET', `${at}/${what}`, { token: doctor.token })
      await call(401, 'GET', `${at}/${what}`)
      await post(403, what, {}, desk.token)
    }
    const { department } = await post(201, 'departments', { name: '康复科' })
    await post(409, 'departments', { name: '康复科' })
    await post(400, 'departments', { name: '' })
    assert.ok((await call(200, 'GET', '/api/v1/departments', { token: patient.token })).items.some((d) => d.id === department.id))
    const body = { name: '康复指导', mode: 'video', minutes: 30, bufferMin: 5, fee: { amount: 3000, currency: 'CNY' }, department: department.id }
    const { service } = await post(201, 'services', body)
    assert.equal(service.department.name, '康复科')
    await post(400, 'services', { ...body, fee: { amount: 1, currency: 'EUR' } })
    await post(404, 'services', { ...body, department: 'dep_0000000000000000000000' })
    await call(404, 'PUT', `${at}/services/svc_0000000000000000000000`, { token: admin.token, body })
    assert.equal((await call(200, 'PUT', `${at}/services/${service.id}`, { token: admin.token, body: { ...body, minutes: 40, isDisabled: true } })).service.isDisabled, true)
    const [self] = (await call(200, 'GET', '/api/v1/me/patients', { token: patient.token })).items
    const guarded = await post(201, 'services', { ...body, department: undefined, name: '实名复诊', requiresVerifiedPatient: true })
    const held = { doctor: doctor.user.id, service: guarded.service.id, startAt: '2027-01-04T01:00:00Z', patient: self.id }
    assert.equal((await call(409, 'POST', '/api/v1/appointments', { token: patient.token, headers: key(), body: held })).why, 'patient-unverified')
    const verify = `${at}/patients/${self.id}/verify`
    await call(403, 'POST', verify, { token: patient.token, body: { evidence: '身份证' } })
    await call(400, 'POST', verify, { token: desk.token, body: {} })
    await call(404, 'POST', `${at}/patients/pat_none/verify`, { token: desk.token, body: { evidence: '身份证' } })
    assert.ok((await call(200, 'POST', verify, { token: desk.token, body: { evidence: '身份证' } })).patient.verifiedAt)
    assert.ok((await call(200, 'GET', '/api/v1/me/patients', { token: patient.token })).items[0].verifiedAt)
    assert.notEqual((await call(409, 'POST', '/api/v1/appointments', { token: patient.token, headers: key(), body: held })).why, 'patient-unverified')
    const rules = { service: service.id, tiers: [{ hours: 48, percent: 100 }], graceMin: 10, moveCutoffMin: 60, movesMax: 1 }
    const { policy } = await post(201, 'policies', rules)
    assert.deepEqual([policy.version, policy.isCurrent, policy.service.id, policy.noShowFeePercent], [1, true, service.id, 100])
    const { policy: milder } = await post(201, 'policies', { ...rules, noShowFeePercent: 30 })
    assert.deepEqual([milder.version, milder.noShowFeePercent], [2, 30])
    await post(400, 'policies', { ...rules, noShowFeePercent: 101 })
    await post(400, 'policies', { ...rules, tiers: [{ hours: 1, percent: 101 }] })
    await post(404, 'policies', { ...rules, service: 'svc_0000000000000000000000' })
    await call(404, 'PUT', `${at}/departments/dep_0000000000000000000000`, { token: admin.token, body: { name: 'x' } })
    await call(200, 'PUT', `${at}/departments/${department.id}`, { token: admin.token, body: { name: '康复科', isDisabled: true } })
    assert.ok((await call(200, 'GET', '/api/v1/departments', { token: patient.token })).items.every((d) => d.id !== department.id))
    await post(404, 'services', body)
  })
}
