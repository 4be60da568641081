// contract_prescriptions.mjs - drugs, a pharmacist's review, codes: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { valid } from './contract.mjs'
import { build } from './payment.mjs'
import { clientId, next, PASSWORD } from './server.mjs'

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

  test('a list of drugs is imported beside the running server, whole or not at all', async () => {
    const { server, call, doctor } = world()
    const file = join(server.data, 'drugs.tsv')
    const line = (code, zh, more = '') => `${[code, zh, `Drug ${code}`, 'xin yao', 'novum', 'news|新类', 'tablet', 'mg', '10', more, ''].join('\t')}\n`
    const load = (text) => {
      writeFileSync(file, text)
      const { status, stdout, stderr } = spawnSync(join(build, 'consultd'), ['drug', 'import', file, '--data', server.data], { encoding: 'utf8' })
      return [status, stdout + stderr]
    }
    const found = async () => (await call(200, 'GET', '/api/v1/drugs?q=xy', { token: doctor.token })).items.map(({ code, name }) => code + name.zh)
    assert.deepEqual(load(`# code …\n\n${line('N1', '新药')}${line('N2', '新药')}`), [0, `2 drugs of ${file}\n`])
    assert.deepEqual(await found(), ['N1新药', 'N2新药'])
    for (const [text, why] of [[line('N2', '别名') + line('N3', '新药', 'old'), 'line 2: a number is none'], ['N4\n', 'line 1: another number of fields'],
      [line('N5', ''), 'line 1: code, names'], [line('N6', '新药').replace('|', '/'), 'line 1: classes are']]) {
      const [status, said] = load(text)
      assert.ok(status === 1 && said.includes(why), said)
    }
    assert.deepEqual(await found(), ['N1新药', 'N2新药'])
    assert.equal(load(line('N2', '改名'))[0], 0)
    assert.deepEqual((await found()).sort(), ['N1新药', 'N2改名'])
    assert.equal(spawnSync(join(build, 'consultd'), ['drug', 'import', '/nowhere.tsv', '--data', server.data]).status, 1)
    assert.equal(spawnSync(join(build, 'consultd'), ['drug']).status, 2)
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

  test('checks stop a signature until the doctor says why; a rejected one is replaced by an amendment', async () => {
    const { server, call, patient, doctor } = world()
    const pharmacist = await server.login('pharmacist')
    const body = { doctor: doctor.user.id, text: '嗓子疼', clientId: clientId() }
    const { consult } = await call(201, 'POST', '/api/v1/consultations', { token: patient.token, body })
    const at = `/api/v1/consultations/${consult.id}`
    const mine = (want, method, path, what, headers) => call(want, method, `${at}/${path}`, { token: doctor.token, body: what, headers })
    await mine(200, 'POST', 'accept')
    let version = 0
    const write = async (items) => {
      const record = { advice: '多喝水', noDiagnosisReason: '待查', prescription: { items } }
      version = (await mine(200, 'PUT', 'record', record, { 'If-Match': `"${version}"` })).version
    }
    const item = { drug: 'D026', dose: 1500, unit: 'mg', route: 'oral', frequency: 'tid', days: 5, quantity: 2 }
    const checks = async () => (await mine(200, 'GET', 'record/preview')).checks.filter(({ code }) => code !== 'no-follow-up')
    await write([{ drug: 'D026' }, { ...item, drug: 'D114' }, { ...item, drug: 'D000' }])
    assert.deepEqual((await checks()).map(({ code, item: at }) => [code, at]), [['item-incomplete', 0], ['drug-banned', 1], ['drug-unknown', 2]])
    await write([item])
    assert.deepEqual(await checks(), [{ code: 'dose', level: 'error', item: 0, why: '4500 mg > 4000 mg' }])
    await mine(200, 'POST', 'finish')
    assert.equal((await mine(409, 'POST', 'sign', { version, password: PASSWORD })).why, 'checks')
    await write([{ ...item, override: '体重较大' }])
    assert.equal((await checks())[0].level, 'warning')
    await mine(200, 'POST', 'sign', { version, password: PASSWORD })

    const queue = async () => (await call(200, 'GET', AT, { token: pharmacist.token })).items.find((one) => one.consult === consult.id)
    const first = await queue()
    const shown = (await call(200, 'GET', `${AT}/${first.id}`, { token: pharmacist.token })).prescription
    assert.deepEqual([shown.checks[0].code, shown.items[0].override, shown.items[0].name.en], ['dose', '体重较大', 'Paracetamol tablets'])
    await call(413, 'POST', `${AT}/${first.id}/reject`, { token: pharmacist.token, body: { reason: '长'.repeat(501) } })
    await call(200, 'POST', `${AT}/${first.id}/reject`, { token: pharmacist.token, body: { reason: '剂量过大' } })
    await call(404, 'GET', `${AT}/${first.id}`, { token: patient.token })
    assert.deepEqual((await call(200, 'GET', `${at}/result`, { token: patient.token })).prescriptions, [])
    assert.equal((await call(200, 'GET', `${AT}?state=rejected`, { token: doctor.token })).items[0].rejectReason, '剂量过大')

    await write([{ ...item, dose: 500 }])
    await mine(200, 'POST', 'sign', { version, password: PASSWORD, reason: '减量' })
    const second = await queue()
    assert.equal(second.replaces, first.id)
    const { prescription } = await call(200, 'POST', `${AT}/${second.id}/approve`, { token: pharmacist.token, body: { password: PASSWORD } })
    const [result] = (await call(200, 'GET', `${at}/result`, { token: patient.token })).prescriptions
    assert.deepEqual([result.id, result.token], [second.id, prescription.token])
    await call(200, 'POST', `${AT}/${second.id}/cancel`, { token: doctor.token, body: { reason: '改用其他药物' } })
    assert.equal((await call(200, 'GET', `${AT}/${second.id}`, { token: patient.token })).prescription.endReason, '改用其他药物')
  })
}
