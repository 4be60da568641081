import { expect, test } from 'vitest'
import type { Appointment } from '@/api/models'
import { icsOf } from '@/utils/ics'

test('one appointment is one event, with the identity of the feed', () => {
  const one = {
    id: 'apt_1',
    series: 'ser_1',
    startAt: '2026-11-24T09:30:00Z',
    endAt: '2026-11-24T09:45:00Z',
    createdAt: '2026-11-20T08:00:00Z',
  } as Appointment
  const lines = icsOf(one, 'Video; one, two', new URL('https://clinic.example:8443/x')).split('\r\n')
  expect(lines).toContain('UID:ser_1@clinic.example')
  expect(lines).toContain('DTSTART:20261124T093000Z')
  expect(lines).toContain('SUMMARY:Video\\; one\\, two')
  expect(lines).toContain('URL:https://clinic.example:8443/appointments/apt_1')
})
