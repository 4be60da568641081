/* Files as people have them: a photo of a phone that tells where it was taken. */
import type { Page } from '@playwright/test'

/* Where, in EXIF: 39 N, 116 E, and the maker's name. */
const MAKER = 'SpyPhone'

function entry(tag: number, type: number, count: number, value: number | string) {
  const row = Buffer.alloc(12)
  row.writeUInt16LE(tag, 0)
  row.writeUInt16LE(type, 2)
  row.writeUInt32LE(count, 4)
  if (typeof value === 'string') row.write(value, 8, 'latin1')
  else if (type === 3) row.writeUInt16LE(value, 8)
  else row.writeUInt32LE(value, 8)
  return row
}

function folder(entries: Buffer[]) {
  const count = Buffer.alloc(2)
  count.writeUInt16LE(entries.length)
  return Buffer.concat([count, ...entries, Buffer.alloc(4)])
}

/* TIFF with orientation 6 (lies on its side), the maker, and a folder of GPS. */
function exif() {
  const head = Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1')
  const gpsAt = 8 + 2 + 3 * 12 + 4
  const dataAt = gpsAt + 2 + 4 * 12 + 4
  const degrees = (value: number) => {
    const three = Buffer.alloc(24)
    for (const [at, part] of [value, 30, 0].entries()) {
      three.writeUInt32LE(part, at * 8)
      three.writeUInt32LE(1, at * 8 + 4)
    }
    return three
  }
  const first = folder([
    entry(0x010f, 2, MAKER.length, dataAt + 48),
    entry(0x0112, 3, 1, 6),
    entry(0x8825, 4, 1, gpsAt),
  ])
  const gps = folder([
    entry(1, 2, 2, 'N\0'),
    entry(2, 5, 3, dataAt),
    entry(3, 2, 2, 'E\0'),
    entry(4, 5, 3, dataAt + 24),
  ])
  return Buffer.concat([head, first, gps, degrees(39), degrees(116), Buffer.from(MAKER, 'latin1')])
}

/* A JPEG of the browser's own, and EXIF behind its first two bytes. */
export async function phonePhoto(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    ([wide, high]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: wide, height: high })
      const pen = canvas.getContext('2d') as CanvasRenderingContext2D
      for (let at = 0; at < 64; at++) {
        pen.fillStyle = `hsl(${at * 6} 70% ${30 + (at % 5) * 10}%)`
        pen.fillRect(((at % 8) * wide) / 8, (Math.floor(at / 8) * high) / 8, wide / 8, high / 8)
      }
      return canvas.toDataURL('image/jpeg').split(',')[1] as string
    },
    [width, height] as const,
  )
  const jpeg = Buffer.from(base64, 'base64')
  const about = exif()
  const mark = Buffer.from([0xff, 0xe1, 0, 0])
  mark.writeUInt16BE(about.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), mark, about, jpeg.subarray(2)])
}

/* The application segments of a JPEG: what is in it besides the picture. */
export function segmentsOf(jpeg: Buffer): string[] {
  const found: string[] = []
  for (let at = 2; jpeg[at] === 0xff && jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2))
    found.push((jpeg[at + 1] ?? 0).toString(16))
  return found
}

interface About {
  id: string
  mime: string
  sha256: string
  width?: number
  height?: number
  durationMs?: number
  waveform?: string
}

export interface Stored {
  file: About
  bytes: Buffer
  kind: string
}

/* The file of the consult's last message, as the one at this page may have it. */
export async function lastFile(page: Page): Promise<Stored> {
  const { file, kind, base64 } = await page.evaluate(async () => {
    const { token } = JSON.parse(localStorage.getItem('consultd.session') ?? '{}') as { token: string }
    const headers = { Authorization: `Bearer ${token}` }
    const consult = location.pathname.split('/').at(-1)
    const list = await (await fetch(`/api/v1/consultations/${consult}/messages`, { headers })).json()
    const last = list.items.at(-1)
    const bytes = new Uint8Array(await (await fetch(`/api/v1/files/${last.file.id}`, { headers })).arrayBuffer())
    return {
      file: last.file as About,
      kind: last.kind as string,
      base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
    }
  })
  return { file, kind, bytes: Buffer.from(base64, 'base64') }
}
