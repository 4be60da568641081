// contract_prescriptions.mjs - drugs, a pharmacist's review, codes: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valid } from './contract.mjs'
import { next, PASSWORD } from './server.mjs'

const AT = '/api/v1/prescriptions'

export function prescriptionTests(world) {
  test('drugs are found in Chinese, pinyin and English', async () => {
    const { call, doctor, patient } = world()
    for (const q of ['阿莫西林', 'amoxilin', 'AMXL', 'Amoxi', 'D001']) {
      const { items } = await call(200, 'GET', `/api/v1/drugs?q=${encodeURIComponent(q)}&limit=50`, { token: doctor.token })
      assert.ok(items.some((drug) => drug.code === 'D001'), q)
    }
    const { items } = await call(200, 'GET', '/api/v1/drugs?q=morphine', { token: doctor.token })
    assert.equal(items[0].isBanned, true)
    await call(400, 'GET', '/api/v1/drugs', { token: doctor.token })
    await call(400, 'GET', `/api/v1/drugs?q=${'x'.repeat(129)}`, { token: doctor.token })
    await call(403, 'GET', '/api/v1/drugs?q=a', { token: patient.token })
  })

  test('a pharmacist approves with his password; patient and counter see it from then on', async () => {
    const { server, call, patient, doctor, admin } = world()
    const [pharmacist, other, stranger] = [await server.login('pharmacist'), await server.login('doctor2'), await server.login('patient2')]
    const { items: [waiting] } = await call(200, 'GET', AT, { token: pharmacist.token })
    assert.equal(waiting.state, 'in_review')
    const one = `${AT}/${waiting.id}`
    const password = (what) => ({ token: pharmacist.token, body: { password: what } })
    for (const who of [patient, stranger, other, admin]) await call(404, 'GET', one, { token: who.token })
    await call(403, 'GET', AT, { token: patient.token })
    for (const who of [patient, doctor, admin]) await call(403, 'POST', `${one}/approve`, { token: who.token, body: { password: PASSWORD } })
    await call(400, 'POST', `${one}/approve`, { token: pharmacist.token, body: {} })
    assert.equal((await call(403, 'POST', `${one}/approve`, password('not the one'))).code, 'forbidden')
    await call(409, 'POST', `${one}/dispense`, { token: pharmacist.token })
    const heard = await server.connect(patient.token)
    const told = next(heard, 'prescription:changed')
    const { prescription } = await call(200, 'POST', `${one}/approve`, password(PASSWORD))
    assert.equal(prescription.reviewer.id, pharmacist.user.id)
    const said = await told
    valid('/components/schemas/PrescriptionAnswer', said, 'prescription:changed')
    heard.close()
    assert.deepEqual([said.prescription.state, said.prescription.token], ['approved', prescription.token])
    assert.deepEqual((await call(200, 'POST', `${one}/approve`, password(PASSWORD))).prescription, prescription)
    assert.equal((await call(200, 'GET', one, { token: patient.token })).prescription.token, prescription.token)
    await call(404, 'GET', one, { token: stranger.token })
    const messages = await call(200, 'GET', `/api/v1/consultations/${prescription.consult}/messages`, { token: patient.token })
    assert.deepEqual(messages.items.at(-1).card, { type: 'prescription', prescription: prescription.id, state: 'approved' })
    assert.equal((await call(200, 'GET', '/api/v1/me/notifications', { token: patient.token })).items[0].kind, 'prescription-ready')
    assert.equal((await call(200, 'GET', `${AT}?state=approved`, { token: doctor.token })).items[0].id, prescription.id)

    const code = (token) => `/api/v1/prescription-checks/${token}`
    const shown = await call(200, 'GET', code(prescription.token))
    assert.deepEqual([shown.state, shown.patient], ['approved', `${prescription.patient.name[0]}**`])
    await call(404, 'GET', code(prescription.token.replace(/^./, (c) => (c === 'a' ? 'b' : 'a'))))
    await call(404, 'GET', code('nonsense'))

    await call(409, 'POST', `${one}/reject`, { token: pharmacist.token, body: { reason: '太迟' } })
    await call(403, 'POST', `${one}/dispense`, { token: patient.token })
    await call(200, 'POST', `${one}/dispense`, { token: pharmacist.token })
    assert.equal((await call(200, 'GET', code(prescription.token))).state, 'dispensed')
    await call(403, 'POST', `${one}/cancel`, { token: patient.token, body: { reason: '不要' } })
    await call(409, 'POST', `${one}/cancel`, { token: doctor.token, body: { reason: '太迟' } })
    let status = 200
    for (let i = 0; i < 30 && status !== 429; i++) status = (await server.call('GET', code('nonsense'))).status
    assert.equal(status, 429)
  })
}
