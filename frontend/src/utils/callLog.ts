/* A call as its log tells it: once for each person, however often he came back. */
import type { Call, CallLeg } from '@/api/models'

export type Way = 'direct' | 'relay'

export interface Who {
  user: CallLeg['user']
  setupMs?: number
  way?: Way
  loss?: number
  rttMs?: number
  breaks: number
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b)
}

/* The first joining tells how long it took; of the rest the worst counts. A leg behind another one was a break, too. */
export function peopleOf({ legs }: Pick<Call, 'legs'>): Who[] {
  const people = new Map<string, Who>()
  for (const leg of legs) {
    const known = people.get(leg.user.id)
    const way: Way | undefined = leg.candidateType && (leg.candidateType === 'relay' ? 'relay' : 'direct')
    people.set(leg.user.id, {
      user: leg.user,
      setupMs: known?.setupMs ?? leg.setupMs,
      way: known?.way === 'relay' ? 'relay' : (way ?? known?.way),
      loss: most(known?.loss, leg.loss),
      rttMs: most(known?.rttMs, leg.rttMs),
      breaks: leg.reconnects + (known ? known.breaks + 1 : 0),
    })
  }
  return [...people.values()]
}

/* How long they could talk; null: they never did. */
export function talkedMs({ connectedAt, endedAt }: Pick<Call, 'connectedAt' | 'endedAt'>, now: number): number | null {
  if (!connectedAt) return null
  return Math.max(0, (endedAt ? Date.parse(endedAt) : now) - Date.parse(connectedAt))
}
