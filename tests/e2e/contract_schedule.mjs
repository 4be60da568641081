// contract_schedule.mjs - services, hours and slots: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'

const DAY = 86_400_000
export const at = (ms) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')

export function scheduleTests(world) {
  test('services and doctors', async () => {
    const { call, patient, doctor } = world()
    const all = await call(200, 'GET', '/api/v1/services', { token: patient.token })
    assert.ok(all.items.length >= 5)
    const his = await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })
    assert.ok(his.items.length < all.items.length)
    const first = await call(200, 'GET', '/api/v1/services?limit=1', { token: patient.token })
    await call(200, 'GET', `/api/v1/services?limit=1&cursor=${first.nextCursor}`, { token: patient.token })
    await call(400, 'GET', '/api/v1/services?cursor=none', { token: patient.token })
    assert.equal((await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}`, { token: patient.token })).doctor.tz, 'Asia/Shanghai')
    const profile = { title: '主任医师', tz: 'Asia/Shanghai', languages: ['zh-CN', 'en'] }
    const path = `/api/v1/doctors/${doctor.user.id}`
    const set = (status, more, who = doctor) => call(status, 'PUT', path, { token: who.token, body: { ...profile, ...more } })
    assert.deepEqual((await set(200, {})).doctor.languages, ['zh-CN', 'en'])
    await set(400, { tz: 'Mars/Base' })
    await set(400, { languages: [] })
    await set(400, { languages: ['a b'] })
    await set(403, {}, patient)
    await call(404, 'GET', '/api/v1/doctors/usr_0000000000000000000000', { token: patient.token })
    await call(404, 'GET', `/api/v1/doctors/${patient.user.id}`, { token: doctor.token })
  })

  test('family', async () => {
    const { call, patient, doctor } = world()
    const family = '/api/v1/me/patients'
    const body = { name: '小宝', relation: 'child', birthDate: '2021-05-04' }
    const headers = { 'Idempotency-Key': 'family-key-1' }
    const { member } = await call(201, 'POST', family, { token: patient.token, headers, body })
    assert.deepEqual((await call(201, 'POST', family, { token: patient.token, headers, body })).member, member)
    await call(422, 'POST', family, { token: patient.token, headers, body: { ...body, name: '大宝' } })
    await call(400, 'POST', family, { token: patient.token, body })
    await call(403, 'GET', family, { token: doctor.token })
    assert.deepEqual((await call(200, 'GET', family, { token: patient.token })).items.map((m) => m.relation), ['self', 'child'])
    await call(200, 'PUT', `${family}/${member.id}`, { token: patient.token, body: { ...body, relation: 'other' } })
    await call(404, 'PUT', `${family}/pat_0000000000000000000000`, { token: patient.token, body })
    await call(204, 'DELETE', `${family}/${member.id}`, { token: patient.token })
    await call(404, 'DELETE', `${family}/${member.id}`, { token: patient.token })
  })

  test('notifications', async () => {
    const { call, patient, doctor } = world()
    const bell = '/api/v1/me/notifications'
    await call(200, 'GET', bell, { token: patient.token })
    await call(400, 'GET', `${bell}?cursor=none`, { token: patient.token })
    await call(404, 'POST', `${bell}/read`, { token: patient.token, body: { upTo: 'ntf_0000000000000000000000' } })
    assert.equal((await call(200, 'POST', `${bell}/read`, { token: doctor.token })).unread, 0)
  })

  test('slots', async () => {
    const { call, patient, doctor, admin } = world()
    const [service] = (await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })).items
    const slots = `/api/v1/doctors/${doctor.user.id}/slots`
    const week = await call(200, 'GET', `${slots}?service=${service.id}`, { token: patient.token })
    assert.ok(week.items.length > 50, 'the demo doctor is there every day')
    assert.ok(week.items.every((s) => Date.parse(s.endAt) - Date.parse(s.startAt) === service.minutes * 60_000))
    assert.ok(Date.parse(week.items[0].startAt) >= Date.now() + 3_500_000, 'an hour of notice')
    const [{ startAt }] = week.items
    assert.deepEqual((await call(200, 'GET', `${slots}?service=${service.id}&from=${startAt}&to=${at(Date.parse(startAt) + 1000)}`,
      { token: patient.token })).items, [week.items[0]])
    await call(400, 'GET', slots, { token: patient.token })
    await call(400, 'GET', `${slots}?service=${service.id}&from=tomorrow`, { token: patient.token })
    await call(404, 'GET', `${slots}?service=svc_0000000000000000000000`, { token: patient.token })
    const why = `${slots}/why?service=${service.id}&at=${startAt}`
    assert.equal((await call(200, 'GET', why, { token: admin.token })).why, 'offered')
    assert.equal((await call(200, 'GET', `${slots}/why?service=${service.id}&at=2020-01-01T03:00`, { token: doctor.token })).why, 'past')
    await call(403, 'GET', why, { token: patient.token })
    await call(400, 'GET', `${slots}/why?service=${service.id}&at=noon`, { token: doctor.token })
  })

  test('rules and exceptions', async () => {
    const { server, call, patient, doctor, admin } = world()
    const other = await server.login('doctor2')
    const rules = `/api/v1/doctors/${doctor.user.id}/rules`
    const body = { weekday: 3, start: '20:00', end: '21:00', from: '2026-01-01', stepMin: 30 }
    const { rule } = await call(201, 'POST', rules, { token: doctor.token, body })
    assert.deepEqual({ id: rule.id, ...body }, rule)
    await call(400, 'POST', rules, { token: doctor.token, body: { ...body, end: '19:00' } })
    await call(403, 'POST', rules, { token: other.token, body })
    await call(403, 'GET', rules, { token: patient.token })
    assert.ok((await call(200, 'GET', rules, { token: admin.token })).items.some((r) => r.id === rule.id))
    assert.equal((await call(200, 'PUT', `${rules}/${rule.id}`, { token: admin.token, body: { ...body, to: '2026-12-31' } })).rule.to, '2026-12-31')
    await call(404, 'PUT', `/api/v1/doctors/${other.user.id}/rules/${rule.id}`, { token: other.token, body })
    await call(204, 'DELETE', `${rules}/${rule.id}`, { token: doctor.token })
    await call(404, 'DELETE', `${rules}/${rule.id}`, { token: doctor.token })
    const exceptions = `/api/v1/doctors/${doctor.user.id}/exceptions`
    const off = { kind: 'off', startAt: at(Date.now() + 40 * DAY), endAt: at(Date.now() + 41 * DAY), reason: '公休' }
    const { exception } = await call(201, 'POST', exceptions, { token: doctor.token, body: off })
    await call(400, 'POST', exceptions, { token: doctor.token, body: { ...off, kind: 'extra', endAt: at(Date.now() + 50 * DAY) } })
    assert.equal((await call(200, 'GET', exceptions, { token: admin.token })).items[0].reason, '公休')
    await call(403, 'GET', exceptions, { token: other.token })
    const moved = { ...off, endAt: at(Date.now() + 42 * DAY) }
    assert.deepEqual((await call(200, 'PUT', `${exceptions}/${exception.id}`, { token: admin.token, body: moved })).exception, { id: exception.id, ...moved })
    await call(403, 'PUT', `${exceptions}/${exception.id}`, { token: other.token, body: moved })
    await call(204, 'DELETE', `${exceptions}/${exception.id}`, { token: doctor.token })
    await call(404, 'DELETE', `${exceptions}/${exception.id}`, { token: doctor.token })
  })
}
