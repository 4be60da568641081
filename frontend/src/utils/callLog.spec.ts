import { expect, test } from 'vitest'
import type { CallLeg } from '@/api/models'
import { doctor, patient } from '@/testing/fixtures'
import { peopleOf, talkedMs } from '@/utils/callLog'

function leg(more: Partial<CallLeg>): CallLeg {
  return {
    id: 'leg_1',
    user: { id: patient.id, name: patient.name, role: 'patient' },
    joinedAt: '2026-11-24T08:00:00Z',
    reconnects: 0,
    ...more,
  }
}

test('who came back is one person: the first setup, the worst of the rest, each return a break', () => {
  const legs = [
    leg({ setupMs: 900, candidateType: 'relay', loss: 0.02, rttMs: 80, reconnects: 1 }),
    leg({ user: { id: doctor.id, name: doctor.name, role: 'doctor' }, setupMs: 1_200, candidateType: 'srflx' }),
    leg({ setupMs: 300, candidateType: 'host', loss: 0.01, rttMs: 200 }),
    leg({}),
  ]
  expect(peopleOf({ legs })).toEqual([
    { user: legs[0]?.user, setupMs: 900, way: 'relay', loss: 0.02, rttMs: 200, breaks: 3 },
    { user: legs[1]?.user, setupMs: 1_200, way: 'direct', loss: undefined, rttMs: undefined, breaks: 0 },
  ])
})

test('they talked from the first picture to the end, or until now, or never', () => {
  const connectedAt = '2026-11-24T08:00:10Z'
  const now = Date.parse('2026-11-24T08:05:00Z')
  expect(talkedMs({ connectedAt, endedAt: '2026-11-24T08:01:10Z' }, now)).toBe(60_000)
  expect(talkedMs({ connectedAt }, now)).toBe(290_000)
  expect(talkedMs({ endedAt: '2026-11-24T08:01:10Z' }, now)).toBeNull()
})
