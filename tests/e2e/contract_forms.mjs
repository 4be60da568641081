// contract_forms.mjs - the form before a visit: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'

const text = (zh, en) => ({ zh, en })
export const questions = [
  { id: 'fever', text: text('您发热吗？', 'Do you have a fever?'), kind: 'yesno', isRequired: true },
  { id: 'high', text: text('最高多少度？', 'How high?'), kind: 'number', isRequired: true, showIf: { question: 'fever', in: ['yes'] }, redFlag: { above: 39.5 } },
  { id: 'signs', text: text('还有哪些？', 'What else?'), kind: 'multi', isRequired: false, redFlag: { in: ['chest'] },
    options: [{ id: 'chest', text: text('胸痛', 'Chest pain') }, { id: 'cough', text: text('咳嗽', 'Cough') }] },
  { id: 'more', text: text('补充说明', 'Anything else'), kind: 'text', isRequired: false },
]

export function formTests(world) {
  test('a form is made by the desk, filled in by the patient, and its alarms are heard', async () => {
    const { server, call, patient, doctor, admin } = world()
    const other = await server.login('patient2')
    const service = (await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })).items.find((s) => s.fee.amount === 0 && !s.isOnRequest).id
    const form = `/api/v1/services/${service}/form`
    const put = (want, version, body, token = admin.token) => call(want, 'PUT', form, { token, body, headers: { 'If-Match': `"${version}"` } })
    assert.deepEqual(await call(200, 'GET', form, { token: patient.token }), { version: 0, questions: [] })
    await call(404, 'GET', '/api/v1/services/svc_none/form', { token: patient.token })
    await put(403, 0, { questions }, patient.token)
    await put(403, 0, { questions }, doctor.token)
    await call(400, 'PUT', form, { token: admin.token, body: { questions } })
    await put(400, 0, { questions: [{ ...questions[1] }] })
    assert.equal((await put(200, 0, { questions })).version, 1)
    await put(412, 0, { questions: [] })

    const { items } = await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service}&from=${new Date(Date.now() + 9 * 86_400_000).toISOString().replace(/\.\d+/, '')}`, { token: patient.token })
    const { appointment } = await call(201, 'POST', '/api/v1/appointments', { token: patient.token, headers: key(), body: { doctor: doctor.user.id, service, startAt: items[0].startAt } })
    await call(200, 'POST', `/api/v1/appointments/${appointment.id}/confirm`, { token: patient.token })
    const at = `/api/v1/appointments/${appointment.id}/form`
    const answer = (want, answers, formVersion = 1, token = patient.token) => call(want, 'PUT', at, { token, body: { formVersion, answers } })
    assert.deepEqual((await call(200, 'GET', at, { token: patient.token })).answers, undefined)
    await answer(404, { fever: 'no' }, 1, other.token)
    await answer(400, { fever: 'maybe' })
    await answer(409, { fever: 'no' }, 2)
    // What is asked no more is not kept; the rest may come later.
    const draft = await answer(200, { fever: 'no', high: 41, more: '金丝雀咳嗽' })
    assert.deepEqual([draft.answers, draft.isComplete, draft.redFlags], [{ fever: 'no', more: '金丝雀咳嗽' }, true, []])
    await put(200, 1, { questions: questions.slice(0, 1) })
    const done = await answer(200, { fever: 'yes', high: 40.1, signs: ['chest'] })
    assert.deepEqual([done.version, done.form.version, done.redFlags], [2, 1, ['high', 'signs']])
    assert.deepEqual((await call(200, 'GET', at, { token: doctor.token })).answers, done.answers)
    const desk = await call(200, 'GET', at, { token: admin.token })
    assert.deepEqual([desk.answers, desk.redFlags], [undefined, []])
    await call(404, 'GET', at, { token: other.token })
    for (const { token } of [doctor, admin]) {
      const [told] = (await call(200, 'GET', '/api/v1/me/notifications', { token })).items
      assert.deepEqual([told.kind, told.object], ['red-flag', appointment.id])
    }
    await call(200, 'POST', `/api/v1/appointments/${appointment.id}/cancel`, { token: patient.token })
    await answer(409, { fever: 'no' })
    await put(200, 2, { questions: [] })
  })
}
