// contract_feed.mjs - the private calendar: a part of contract.test.mjs, which asks every route there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'

export function feedTests(world) {
  test('a private calendar', async () => {
    const { call, server, patient } = world()
    const feed = '/api/v1/me/calendar-feed'
    await call(401, 'POST', feed)
    const path = new URL((await call(201, 'POST', feed, { token: patient.token })).url).pathname
    const reply = await server.call('GET', path)
    await call(304, 'GET', path, { headers: { 'If-None-Match': reply.headers.get('etag') } })
    assert.match(reply.text, /^BEGIN:VCALENDAR\r\n/)
    await call(400, 'GET', `${path}?what=1`)
    await call(204, 'DELETE', feed, { token: patient.token })
    await call(404, 'DELETE', feed, { token: patient.token })
    await call(404, 'GET', path)
  })
}
