// contract_consents.mjs - what patients agree to: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'

export function consentTests(world) {
  test('documents and consents', async () => {
    const { call, patient, doctor, admin } = world()
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
    assert.equal((await call(200, 'GET', mine, { token: patient.token })).items[0].docType, 'photo')
  })
}
