import { expect, test } from 'vitest'
import { fresh, judge, type LinkSample, type Quality } from '@/utils/callQuality'

const GOOD: LinkSample = { loss: 0, rttMs: 60 }
const LOSSY: LinkSample = { loss: 0.2, rttMs: 60 }

function after(samples: LinkSample[], from: Quality = fresh): Quality {
  return samples.reduce(judge, from)
}

function times(count: number, sample: LinkSample): LinkSample[] {
  return Array.from({ length: count }, () => sample)
}

test.each([
  [{ loss: 0.05, rttMs: 400 }, 'good'],
  [{ loss: 0.051, rttMs: 10 }, 'weak'],
  [{ loss: 0, rttMs: 401 }, 'weak'],
])('%o is a %s link', (sample, level) => expect(judge(fresh, sample).level).toBe(level))

test('one bad moment does not stop the picture, two in a row do', () => {
  expect(after([LOSSY, GOOD, LOSSY]).level).toBe('weak')
  expect(after([LOSSY, LOSSY]).level).toBe('audio-only')
  expect(after(times(2, { loss: 0, rttMs: 1_000 })).level).toBe('audio-only')
})

test('the picture comes back after a good while, and the next time after a longer one', () => {
  const stopped = after([LOSSY, LOSSY])
  expect(after(times(3, GOOD), stopped).level).toBe('audio-only')
  expect(after([...times(3, GOOD), { loss: 0.06, rttMs: 0 }, ...times(3, GOOD)], stopped).level).toBe('audio-only')
  const back = after(times(4, GOOD), stopped)
  expect(back.level).toBe('good')
  const again = after([LOSSY, LOSSY], back)
  expect(after(times(7, GOOD), again).level).toBe('audio-only')
  expect(after(times(8, GOOD), again).level).toBe('good')
})

test('patience has an end', () => {
  let quality = fresh
  for (let round = 0; round < 10; round++) quality = after([LOSSY, LOSSY, ...times(32, GOOD)], quality)
  expect(quality).toMatchObject({ level: 'good', patience: 32 })
})
