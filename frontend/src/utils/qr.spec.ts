import { describe, expect, it } from 'vitest'
import { qrOf } from '@/utils/qr'

/* The three corners by which a camera finds it. */
const FINDER = ['1111111', '1000001', '1011101', '1011101', '1011101', '1000001', '1111111']

function rows({ size, path }: { size: number; path: string }): string[] {
  const all = Array.from({ length: size }, () => Array<string>(size).fill('0'))
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) all[Number(y)]?.splice(Number(x), 1, '1')
  return all.map((row) => row.join(''))
}

describe('a QR code', () => {
  it('has the corners by which it is found, and is as large as its text needs', () => {
    const drawn = rows(qrOf('https://clinic.example/guest#0123456789abcdefghijkl'))
    expect(drawn.slice(0, 7).map((row) => row.slice(0, 7))).toEqual(FINDER)
    expect(drawn.slice(0, 7).map((row) => row.slice(-7))).toEqual(FINDER)
    expect(drawn.slice(-7).map((row) => row.slice(0, 7))).toEqual(FINDER)
    expect(qrOf('a').size).toBe(21)
    expect(qrOf('a'.repeat(200)).size).toBeGreaterThan(drawn.length)
  })

  it('says another thing for another text', () => {
    expect(qrOf('a').path).not.toBe(qrOf('b').path)
  })
})
