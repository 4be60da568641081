/* A text as a square of dark and light: for an <svg>, so that nothing is built from strings of HTML. */
import { create } from 'qrcode'

export interface Qr {
  /* Modules a side, without the quiet zone around it. */
  size: number
  /* The dark ones, a unit each. */
  path: string
}

export function qrOf(text: string): Qr {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  let path = ''
  for (let at = 0; at < data.length; at++)
    if (data[at]) path += `M${at % size} ${Math.floor(at / size)}h1v1h-1z`
  return { size, path }
}
