// contract_leave.mjs - a doctor's leave: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from './contract_appointments.mjs'
import { at } from './contract_schedule.mjs'

const DAY = 86_400_000
const shanghai = (day, hour) => at(Math.floor((Date.now() + 8 * 3_600_000) / DAY + day) * DAY - 8 * 3_600_000 + hour * 3_600_000)

export function leaveTests(world) {
  test('a leave with three bookings: preview, taken, refused, undone', async () => {
    const { call, patient, doctor, admin } = world()
    const leave = `/api/v1/doctors/${doctor.user.id}/leave`
    const service = (await call(200, 'GET', `/api/v1/services?doctor=${doctor.user.id}`, { token: patient.token })).items
      .find((s) => s.fee.amount === 0 && !s.isOnRequest)
    const span = { start: shanghai(20, 0), end: shanghai(21, 0) }
    const { items: slots } = await call(200, 'GET', `/api/v1/doctors/${doctor.user.id}/slots?service=${service.id}&from=${span.start}&to=${span.end}`, { token: patient.token })
    const mine = []
    for (const i of [0, 2, 4]) {
      const body = { doctor: doctor.user.id, service: service.id, startAt: slots[i].startAt }
      const { appointment } = await call(201, 'POST', '/api/v1/appointments', { token: patient.token, headers: key(), body })
      await call(200, 'POST', `/api/v1/appointments/${appointment.id}/confirm`, { token: patient.token })
      mine.push(appointment.id)
    }
    const { items } = await call(200, 'POST', `${leave}/preview`, { token: doctor.token, body: span })
    assert.deepEqual(items.map((i) => i.appointment.id), mine)
    assert.equal(new Set(items.map((i) => i.proposal.start)).size, 3)
    await call(400, 'POST', `${leave}/preview`, { token: doctor.token, body: { start: span.end, end: span.start } })
    await call(403, 'POST', `${leave}/preview`, { token: patient.token, body: span })
    await call(404, 'POST', '/api/v1/doctors/usr_0000000000000000000000/leave/preview', { token: doctor.token, body: span })

    const choices = [{ appointment: mine[0], action: 'move', start: items[0].proposal.start },
      { appointment: mine[1], action: 'cancel' }, { appointment: mine[2], action: 'move', start: items[0].proposal.start }]
    const body = { ...span, reason: '医生生病', choices }
    const taken = await call(409, 'POST', leave, { token: doctor.token, headers: key(), body })
    assert.deepEqual([taken.code, taken.appointment], ['doctor-busy', mine[2]])
    assert.equal((await call(409, 'POST', leave, { token: doctor.token, headers: key(), body: { ...body, choices: [] } })).affected.length, 3)
    choices[2].start = items[2].proposal.start
    const good = { token: doctor.token, headers: key(), body }
    const made = await call(201, 'POST', leave, good)
    assert.deepEqual(await call(201, 'POST', leave, good), made, 'a retry gets the first answer')
    assert.deepEqual(made.affected.map((a) => [a.action, a.appointment.status]), [['move', 'booked'], ['cancel', 'cancelled_by_clinic'], ['move', 'booked']])
    const { items: bell } = await call(200, 'GET', '/api/v1/me/notifications?limit=3', { token: patient.token })
    assert.deepEqual(bell.map((n) => n.kind).sort(), ['appointment-cancelled', 'appointment-rescheduled', 'appointment-rescheduled'])
    assert.equal((await call(200, 'GET', leave, { token: admin.token })).items[0].id, made.id)
    await call(400, 'GET', `${leave}?cursor=none`, { token: admin.token })

    assert.deepEqual((await call(200, 'POST', `${leave}/${made.id}/undo`, { token: doctor.token })).lost, [])
    await call(409, 'POST', `${leave}/${made.id}/undo`, { token: doctor.token })
    await call(404, 'POST', `${leave}/lea_0000000000000000000000/undo`, { token: doctor.token })
    const back = (await call(200, 'POST', `${leave}/preview`, { token: doctor.token, body: span })).items
    assert.deepEqual(back.map((i) => i.appointment.startAt), [0, 2, 4].map((i) => slots[i].startAt))

    const gone = { ...span, reason: '停诊', choices: back.map((i) => ({ appointment: i.appointment.id, action: 'cancel' })) }
    const again = await call(201, 'POST', leave, { token: admin.token, headers: key(), body: gone })
    await call(200, 'POST', `${leave}/${again.id}/undo`, { token: admin.token })
    for (const { appointment } of (await call(200, 'POST', `${leave}/preview`, { token: doctor.token, body: span })).items) {
      await call(200, 'POST', `/api/v1/appointments/${appointment.id}/cancel`, { token: patient.token })
    }
  })
}
