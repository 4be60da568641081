import { expect, test } from 'vitest'
import { barsOf, lengthText, sizeText, waveformOf } from '@/utils/files'

test.each([
  [1, '1 byte'],
  [999, '999 bytes'],
  [12_345, '12 kB'],
  [3_449_999, '3.4 MB'],
])('%i bytes are %s', (bytes, text) => expect(sizeText(bytes, 'en')).toBe(text))

test.each([
  [0, '0:00'],
  [7_400, '0:07'],
  [750_000, '12:30'],
])('%i ms are %s', (ms, text) => expect(lengthText(ms)).toBe(text))

test('a waveform has no more bars than were heard, and the loudest is the highest', () => {
  expect(waveformOf([])).toBe('')
  expect(waveformOf([0.1, 0.2, 0.05])).toBe('8f4')
  const long = waveformOf(Array.from({ length: 500 }, (_, at) => at / 500))
  expect(long).toHaveLength(48)
  expect(long.at(-1)).toBe('f')
  expect(barsOf('0f')).toEqual([0, 1])
})

test('silence is no noise made large', () => {
  expect(waveformOf([0.001, 0.001])).toBe('11')
})
