/* What getStats() of one connection says, in the few words we need. */
import type { LinkSample } from '@/utils/callQuality'

export interface Counted {
  received: number
  lost: number
}

export interface Reading {
  sample: LinkSample
  counted: Counted
  /* How the packets travel: "host", "srflx", "relay"; of our end. */
  candidateType?: string
}

/* Of several connections: what the log keeps of this page. A relay on one of them is worth knowing. */
export function worst(readings: Reading[]): Reading | undefined {
  const [first] = readings
  if (!first) return undefined
  return {
    ...first,
    sample: {
      loss: Math.max(...readings.map(({ sample }) => sample.loss)),
      rttMs: Math.max(...readings.map(({ sample }) => sample.rttMs)),
    },
    candidateType: readings.find(({ candidateType }) => candidateType === 'relay')?.candidateType ?? first.candidateType,
  }
}

type Stat = Record<string, unknown> & { type: string }

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function pair(stats: Map<string, Stat>): Stat | undefined {
  const transport = [...stats.values()].find(({ type }) => type === 'transport')
  return stats.get(String(transport?.['selectedCandidatePairId']))
}

/* `before`: what was counted the last time. */
export function readStats(report: Iterable<[string, unknown]>, before: Counted): Reading {
  const stats = new Map(report as Iterable<[string, Stat]>)
  const counted = { received: 0, lost: 0 }
  let lossOut = 0
  for (const stat of stats.values()) {
    if (stat.type === 'inbound-rtp') {
      counted.received += number(stat['packetsReceived'])
      counted.lost += number(stat['packetsLost'])
    }
    if (stat.type === 'remote-inbound-rtp') lossOut = Math.max(lossOut, Math.min(number(stat['fractionLost']), 1))
  }

  const received = Math.max(0, counted.received - before.received)
  const lost = Math.max(0, counted.lost - before.lost)
  const lossIn = received + lost > 0 ? lost / (received + lost) : 0
  const used = pair(stats)
  const candidate = stats.get(String(used?.['localCandidateId']))?.['candidateType']
  return {
    sample: { loss: Math.max(lossIn, lossOut), rttMs: Math.round(number(used?.['currentRoundTripTime']) * 1_000) },
    counted,
    candidateType: typeof candidate === 'string' ? candidate : undefined,
  }
}
