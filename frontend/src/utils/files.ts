/* How files are spoken of. */

/* 980 B, 12 KB, 3.4 MB: of a thousand, as the systems of phones say it. */
export function sizeText(bytes: number, locale: string): string {
  const [divisor, unit] = bytes < 1e3 ? [1, 'byte'] : bytes < 1e6 ? [1e3, 'kilobyte'] : [1e6, 'megabyte']
  const digits = divisor === 1e6 ? 1 : 0
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: bytes < 1e3 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(bytes / (divisor as number))
}

/* 0:07, 12:30 */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const BARS = 48

/* Loudness over time (0 to 1 each) as so many bars, a hexadecimal digit each; the loudest is f. */
export function waveformOf(levels: readonly number[], bars = BARS): string {
  const count = Math.min(bars, levels.length)
  const most = Math.max(...levels, 0.02)
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * levels.length) / count)
    const to = Math.max(from + 1, Math.floor(((at + 1) * levels.length) / count))
    return Math.round((Math.max(...levels.slice(from, to)) / most) * 15).toString(16)
  }).join('')
}

export function barsOf(waveform: string): number[] {
  return Array.from(waveform, (digit) => (parseInt(digit, 16) || 0) / 15)
}
