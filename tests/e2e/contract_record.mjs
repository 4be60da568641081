// contract_record.mjs - the record of a finished consult: written, looked at, signed, amended, read.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { build } from './payment.mjs'
import { PASSWORD } from './server.mjs'
import { whole } from './record.mjs'

export function recordTests(world) {
  const match = (version) => ({ 'If-Match': `"${version}"` })

  test('a record is written by its doctor and signed with his password', async () => {
    const { call, patient, doctor, admin, consult } = world()
    const at = `/api/v1/consultations/${consult}`
    const { token } = doctor
    const put = (want, version, body) => call(want, 'PUT', `${at}/record`, { token, body, headers: match(version) })
    const sign = (want, body) => call(want, 'POST', `${at}/sign`, { token, body })
    for (const path of ['/record', '/record/preview', '/timeline']) {
      await call(200, 'GET', at + path, { token })
      await call(403, 'GET', at + path, { token: patient.token })
      await call(404, 'GET', at + path, { token: admin.token })
    }
    await call(400, 'PUT', `${at}/record`, { token, body: whole })
    await put(400, 0, { nonsense: 1 })
    await put(413, 0, { advice: '长'.repeat(4001) })
    assert.equal((await put(200, 0, { note: { plan: '观察' } })).version, 1)
    assert.deepEqual((await put(412, 0, whole)).record.note, { plan: '观察' })
    assert.equal((await sign(409, { version: 1, password: PASSWORD })).why, 'checks')
    assert.equal((await put(200, 1, whole)).version, 2)
    assert.equal((await sign(409, { version: 1, password: PASSWORD })).why, 'version')
    await sign(400, { version: 2 })
    assert.equal((await sign(403, { version: 2, password: 'not my password' })).why, 'password-wrong')
    await call(404, 'GET', `${at}/result`, { token: patient.token })
    assert.equal((await sign(200, { version: 2, password: PASSWORD })).consult.state, 'closed')
    await sign(200, { version: 2, password: PASSWORD })
  })

  test('the patient reads and acknowledges the result; an amendment is another', async () => {
    const { call, patient, doctor, admin, consult } = world()
    const at = `/api/v1/consultations/${consult}/result`
    const body = { version: 1 }
    const result = await call(200, 'GET', at, { token: patient.token })
    assert.deepEqual([result.advice, result.note, result.versions.length], [whole.advice, undefined, 1])
    await call(404, 'GET', at, { token: admin.token })
    await call(403, 'POST', `${at}/acknowledge`, { token: doctor.token, body })
    assert.ok((await call(200, 'POST', `${at}/acknowledge`, { token: patient.token, body })).acknowledgedAt)
    const record = `/api/v1/consultations/${consult}/record`
    await call(200, 'PUT', record, { token: doctor.token, body: { ...whole, advice: '多休息' }, headers: match(2) })
    const amended = { version: 3, password: PASSWORD }
    const sign = record.replace('/record', '/sign')
    await call(400, 'POST', sign, { token: doctor.token, body: amended })
    await call(200, 'POST', sign, { token: doctor.token, body: { ...amended, reason: '补充' } })
    assert.deepEqual((await call(200, 'GET', `${at}?version=1`, { token: patient.token })).advice, whole.advice)
    assert.deepEqual((await call(200, 'GET', at, { token: patient.token })).reason, '补充')
  })

  test('what is known of his health is the patient\'s to say, and his doctor\'s while he treats him', async () => {
    const { call, patient, doctor, admin, consult } = world()
    const { id } = (await call(200, 'GET', `/api/v1/consultations/${consult}`, { token: patient.token })).consult.patient
    const at = `/api/v1/patients/${id}/health`
    const health = { allergies: [{ substance: '青霉素', text: '皮疹' }], conditions: ['高血压'], medications: [] }
    const none = await call(200, 'GET', at, { token: patient.token })
    const put = (want, version, body) => call(want, 'PUT', at, { token: patient.token, body, headers: match(version) })
    await put(400, none.version, { ...health, conditions: [''] })
    await put(413, none.version, { ...health, conditions: Array(51).fill('x') })
    assert.deepEqual((await put(200, none.version, health)).allergies, health.allergies)
    assert.deepEqual((await put(412, none.version, health)).health.conditions, ['高血压'])
    await call(404, 'GET', at, { token: admin.token })
    await call(404, 'PUT', at, { token: admin.token, body: health, headers: match(1) })
    await call(200, 'GET', at, { token: doctor.token })
  })

  test('a code is found as a doctor types', async () => {
    const { call, patient, doctor } = world()
    const find = async (q) => (await call(200, 'GET', `/api/v1/icd?q=${encodeURIComponent(q)}`, { token: doctor.token })).items
    for (const q of ['J06', 'j06.9', '上呼吸道', '感染', 'jixing', 'ji xing', 'jxshx', 'shxdgr', 'upper resp', 'Respiratory'])
      assert.ok((await find(q)).some((one) => one.code === 'J06.9'), q)
    assert.deepEqual(await find('qqqq'), [])
    await call(400, 'GET', '/api/v1/icd', { token: doctor.token })
    await call(403, 'GET', '/api/v1/icd?q=J', { token: patient.token })
  })

  test('a version of the classification is imported beside the running server, whole or not at all', async () => {
    const { server, call, doctor } = world()
    const file = join(server.data, 'codes.tsv')
    const load = (text) => {
      writeFileSync(file, text)
      const { status, stdout, stderr } = spawnSync(join(build, 'consultd'), ['icd', 'import', file, '--data', server.data], { encoding: 'utf8' })
      return [status, stdout + stderr]
    }
    const found = async (q) => (await call(200, 'GET', `/api/v1/icd?q=${q}`, { token: doctor.token })).items.map((one) => one.version + one.code)
    for (const [text, why] of [['J06.9\t新\tNew\txin\n', '# version: NAME'], ['# version: sample-1\n', 'sample-1 is there already'],
      ['# version: a\nJ06.9\t新\tNew\n', 'line 2: another number of fields'], ['# version: a\nJ06.9\t\tNew\t\n', 'line 2: code and both labels'],
      ['# version: a\nJ06.9\t新\tNew\t\nJ06.9\t新\tNew\t\n', 'line 3: this code was there already']]) {
      const [status, said] = load(text)
      assert.ok(status === 1 && said.includes(why), said)
    }
    assert.deepEqual(await found('J06.9'), ['sample-1J06.9'])
    assert.deepEqual(load('# version: next\nJ06.9\t新\tNew\txin\n'), [0, `1 codes of ${file}\n`])
    assert.deepEqual([await found('j06'), await found('xin'), await found('I10')], [['nextJ06.9'], ['nextJ06.9'], []])
  })
}
