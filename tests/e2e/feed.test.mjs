// feed.test.mjs - the private calendar, read by a real parser of iCalendar.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import ICAL from 'ical.js'
import { Server } from './server.mjs'

let server, patient, doctor, desk
before(async () => {
  server = await Server.start(['--public-url', 'https://clinic.example:8443'])
  patient = await server.login('patient1')
  doctor = await server.login('doctor1')
  desk = await server.login('desk')
})
after(() => server?.stop())

const must = async (want, method, path, options) => {
  const reply = await server.call(method, path, options)
  assert.equal(reply.status, want, `${method} ${path}: ${reply.text}`)
  return reply
}
const subscribe = async (token) => new URL((await must(201, 'POST', '/api/v1/me/calendar-feed', { token })).body.url)

const read = async (path) => {
  const reply = await must(200, 'GET', path)
  assert.equal(reply.headers.get('content-type'), 'text/calendar; charset=utf-8')
  for (const line of reply.text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line)
  const calendar = new ICAL.Component(ICAL.parse(reply.text))
  assert.equal(calendar.getFirstPropertyValue('version'), '2.0')
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component)
    assert.equal(event.startDate.zone, ICAL.Timezone.utcTimezone)
    return { uid: event.uid, start: event.startDate.toString(), end: event.endDate.toString(), summary: event.summary,
      sequence: event.sequence, status: component.getFirstPropertyValue('status'), url: component.getFirstPropertyValue('url') }
  })
  assert.equal(new Set(events.map((e) => e.uid)).size, events.length, 'one event a series')
  return { events, tag: reply.headers.get('etag') }
}

test('a calendar is what the appointments are, follows them, and its address can be taken back', async () => {
  const url = await subscribe(patient.token)
  assert.equal(url.origin, 'https://clinic.example:8443')
  const { body: { items } } = await must(200, 'GET', '/api/v1/appointments?status=booked&limit=100', { token: patient.token })
  const first = await read(url.pathname)
  for (const one of items) {
    const event = first.events.find((e) => e.uid === `${one.series}@clinic.example`)
    assert.deepEqual([event.start, event.end, event.status, event.url],
      [one.startAt, one.endAt, 'CONFIRMED', `${url.origin}/appointments/${one.id}`])
    assert.doesNotMatch(event.summary, new RegExp(`${one.patient.name}|${one.doctor.name}`))
  }

  const mine = items.at(-1)
  const startAt = new Date(Date.parse(mine.startAt) + 86_400_000).toISOString().replace('.000', '')
  const { body: { appointment: moved } } = await must(201, 'POST', `/api/v1/appointments/${mine.id}/reschedule`,
    { token: desk.token, headers: { 'Idempotency-Key': 'feed-key-1' }, body: { startAt, overbook: true, reason: 'x' } })
  const uid = `${mine.series}@clinic.example`
  const second = await read(url.pathname)
  assert.notEqual(second.tag, first.tag)
  const [was, is] = [first, second].map((f) => f.events.find((e) => e.uid === uid))
  assert.deepEqual([is.start, is.status], [startAt, 'CONFIRMED'])
  assert.ok(is.sequence > was.sequence)
  assert.equal((await server.call('GET', url.pathname, { headers: { 'If-None-Match': second.tag } })).status, 304)

  await must(200, 'POST', `/api/v1/appointments/${moved.id}/cancel`, { token: patient.token })
  const third = (await read(url.pathname)).events.find((e) => e.uid === uid)
  assert.equal(third.status, 'CANCELLED')
  assert.ok(third.sequence > is.sequence)

  const his = (await read((await subscribe(doctor.token)).pathname)).events
  assert.ok(items.filter((i) => i.doctor.id === doctor.user.id).every((i) => his.some((e) => e.uid.startsWith(i.series))))

  const again = await subscribe(patient.token)
  await must(404, 'GET', url.pathname)
  await must(200, 'GET', again.pathname)
  await must(204, 'DELETE', '/api/v1/me/calendar-feed', { token: patient.token })
  await must(404, 'GET', again.pathname)
  assert.doesNotMatch(server.log, /cal_/, 'the address is not in the log')
})
