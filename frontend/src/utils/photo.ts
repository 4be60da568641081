/* Pictures are drawn anew before they are sent: no larger than a screen needs, and with nothing in them but
   what can be seen. Where a photo was taken and by which camera stays at home. */

/* Enough to read a report or to see the edge of a mole. */
const EDGE_MAX = 2560
const QUALITY = 0.85
/* A screenshot stays sharp as PNG; a photo as PNG is many times as large. */
const PNG_MAX = 1_500_000

/* Of a picture among messages, in CSS pixels. */
const SMALL = 260

const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1']

export interface Photo {
  blob: Blob
  width: number
  height: number
}

/* Apple's format, which most browsers cannot show. By its bytes: a name says nothing. */
export function isHeic(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(4, 12))
  return text.startsWith('ftyp') && HEIC_BRANDS.includes(text.slice(4))
}

/* The same shape, no edge longer than `most`; never larger than it is. */
export function fitted(width: number, height: number, most: number) {
  const scale = Math.min(1, most / Math.max(width, height))
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
}

function encoded(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no memory for it'))), type, QUALITY),
  )
}

/* Throws when the browser cannot read it as a picture. */
export async function drawn(source: Blob, most: number): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(source)
  const canvas = document.createElement('canvas')
  Object.assign(canvas, fitted(bitmap.width, bitmap.height, most))
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas
}

export async function photoOf(source: Blob): Promise<Photo> {
  const canvas = await drawn(source, EDGE_MAX)
  const png = source.type === 'image/png' ? await encoded(canvas, 'image/png') : null
  const blob = png && png.size <= PNG_MAX ? png : await encoded(canvas, 'image/jpeg')
  return { blob, width: canvas.width, height: canvas.height }
}

/* A small one, to be shown among messages. */
export async function thumbnailOf(source: Blob): Promise<Blob> {
  return encoded(await drawn(source, SMALL * Math.min(devicePixelRatio, 2)), 'image/jpeg')
}

/* The style of its place there, before it is there. */
export function placeOf({ width = SMALL, height = SMALL }: { width?: number; height?: number }) {
  const small = fitted(width, height, SMALL)
  return { width: `${small.width}px`, aspectRatio: `${small.width} / ${small.height}` }
}
