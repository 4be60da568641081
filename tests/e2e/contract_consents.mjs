// contract_consents.mjs - what patients agree to: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'

export function consentTests(world) {
  test('documents and consents', async () => {
    const { call, patient, doctor, admin } = world()
    const { clinic } = (await call(200, 'GET', '/api/v1/me', { token: admin.token })).user
    const mine = '/api/v1/me/consents'
    const [zh, en] = await Promise.all(['zh-CN', 'en'].map((lang) => call(200, 'GET', `/api/v1/consents?lang=${lang}`, { token: patient.token })))
    assert.deepEqual(zh.items.map((d) => d.docType), ['privacy', 'telehealth'])
    assert.notEqual(zh.items[0].title, en.items[0].title)
    assert.deepEqual((await call(200, 'GET', mine, { token: patient.token })).items.map((c) => c.docType).sort(), ['privacy', 'telehealth'])
    await call(403, 'GET', mine, { token: doctor.token })
    await call(404, 'POST', mine, { token: patient.token, headers: key(), body: { docType: 'photo', docVersion: '1' } })
    await call(400, 'POST', mine, { token: patient.token, body: { docType: 'privacy', docVersion: '1' } })
    const texts = [{ lang: 'en', title: 'Pictures', text: 'May be shown to a colleague.' }]
    await call(403, 'POST', '/api/v1/admin/consents', { token: patient.token, headers: key(), body: { docType: 'photo', texts } })
    await call(400, 'POST', '/api/v1/admin/consents', { token: admin.token, headers: key(), body: { docType: 'photo', texts: [] } })
    await call(409, 'POST', '/api/v1/admin/consents', { token: admin.token, headers: key(), body: { docType: 'photo', texts: [...texts, ...texts] } })
    const published = await call(201, 'POST', '/api/v1/admin/consents', { token: admin.token, headers: key(), body: { docType: 'photo', texts } })
    await call(201, 'POST', mine, { token: patient.token, headers: key(), body: published })
    const [given] = (await call(200, 'GET', mine, { token: patient.token })).items
    assert.deepEqual([given.docType, given.clinic.id, given.withdrawnAt], ['photo', clinic.id, undefined])
    const own = await call(200, 'GET', `/api/v1/consents?clinic=${clinic.id}`, { token: patient.token })
    assert.deepEqual(own.items.map((d) => [d.docType, d.clinic?.id]), [['photo', clinic.id], ['privacy', undefined], ['telehealth', undefined]])
    await call(404, 'GET', '/api/v1/consents?clinic=cln_none', { token: patient.token })
    const withdraw = `${mine}/photo?clinic=${clinic.id}`
    await call(403, 'DELETE', withdraw, { token: doctor.token })
    await call(404, 'DELETE', `${mine}/photo`, { token: patient.token })
    await call(204, 'DELETE', withdraw, { token: patient.token })
    await call(404, 'DELETE', withdraw, { token: patient.token })
    assert.ok((await call(200, 'GET', mine, { token: patient.token })).items[0].withdrawnAt)
    const child = (await call(201, 'POST', '/api/v1/me/patients', { token: patient.token, headers: key(), body: { name: '小宝', relation: 'child', birthDate: '2021-05-04' } })).member.id
    await call(201, 'POST', mine, { token: patient.token, headers: key(), body: { ...published, patient: child } })
    assert.equal((await call(200, 'GET', `${mine}?patient=${child}`, { token: patient.token })).items.length, 1)
    await call(404, 'GET', `${mine}?patient=pat_none`, { token: patient.token })
    await call(204, 'DELETE', `/api/v1/me/patients/${child}`, { token: patient.token })
  })
}
