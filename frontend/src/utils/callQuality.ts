/* What a link can carry, from what it lost and how long it took. Sound first: on a bad link the own picture is
   not sent, and comes back when the link was good for a while, the second time for a longer while. */
export interface LinkSample {
  /* 0 to 1, of what was sent since the sample before. */
  loss: number
  rttMs: number
}

export interface Quality {
  level: 'good' | 'weak' | 'audio-only'
  /* Samples in a row that were bad, or good. */
  bad: number
  good: number
  /* Good samples wanted before the picture comes back. */
  patience: number
}

const WEAK: LinkSample = { loss: 0.05, rttMs: 400 }
const BAD: LinkSample = { loss: 0.12, rttMs: 900 }
const BAD_SAMPLES = 2
const PATIENCE = 4
const PATIENCE_MAX = 32

export const fresh: Quality = { level: 'good', bad: 0, good: 0, patience: PATIENCE }

function over({ loss, rttMs }: LinkSample, limit: LinkSample): boolean {
  return loss > limit.loss || rttMs > limit.rttMs
}

export function judge(before: Quality, sample: LinkSample): Quality {
  const bad = over(sample, BAD) ? before.bad + 1 : 0
  const good = over(sample, WEAK) ? 0 : before.good + 1

  if (before.level === 'audio-only') {
    if (good < before.patience) return { ...before, bad, good }
    return { level: 'good', bad: 0, good, patience: Math.min(before.patience * 2, PATIENCE_MAX) }
  }
  if (bad >= BAD_SAMPLES) return { ...before, level: 'audio-only', bad, good: 0 }
  return { ...before, level: good > 0 ? 'good' : 'weak', bad, good }
}
