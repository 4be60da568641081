/* Why a camera or a microphone is not to be had. */
export type Trouble = 'denied' | 'missing' | 'taken'

export function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotReadableError' || name === 'AbortError' ? 'taken' : 'missing'
}
