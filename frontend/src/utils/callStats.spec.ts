import { expect, test } from 'vitest'
import { readStats, worst } from '@/utils/callStats'

function report(lost: number, received: number, more: object = {}): Map<string, object> {
  return new Map<string, object>([
    ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
    ['P', { type: 'candidate-pair', localCandidateId: 'L', currentRoundTripTime: 0.0834 }],
    ['L', { type: 'local-candidate', candidateType: 'relay' }],
    ['A', { type: 'inbound-rtp', kind: 'audio', packetsReceived: received, packetsLost: lost }],
    ['V', { type: 'inbound-rtp', kind: 'video', packetsReceived: received, packetsLost: lost }],
    ['R', { type: 'remote-inbound-rtp', fractionLost: 0.01, ...more }],
  ])
}

test('loss is that of the time since the last reading, rtt and path that of the pair in use', () => {
  const first = readStats(report(10, 90), { received: 0, lost: 0 })
  expect(first).toEqual({
    sample: { loss: 0.1, rttMs: 83 },
    counted: { received: 180, lost: 20 },
    candidateType: 'relay',
  })
  expect(readStats(report(10, 190), first.counted).sample.loss).toBe(0.01)
})

test('the worse direction counts', () => {
  expect(readStats(report(1, 99, { fractionLost: 0.3 }), { received: 0, lost: 0 }).sample.loss).toBe(0.3)
})

test('a connection that is none yet, or counts anew, has lost nothing', () => {
  expect(readStats(new Map(), { received: 0, lost: 0 }).sample).toEqual({ loss: 0, rttMs: 0 })
  expect(readStats(report(0, 10), { received: 500, lost: 50 }).sample.loss).toBe(0.01)
})

test('of several connections the log keeps the worst, and that one goes through a relay', () => {
  const good = readStats(report(0, 100), { received: 0, lost: 0 })
  const direct = { ...good, candidateType: 'host', sample: { loss: 0.2, rttMs: 40 } }
  expect(worst([direct, good])).toMatchObject({ sample: { loss: 0.2, rttMs: 83 }, candidateType: 'relay' })
  expect(worst([direct])?.candidateType).toBe('host')
  expect(worst([])).toBeUndefined()
})
