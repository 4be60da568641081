/* What a key means in the composer. While an input method composes, Enter belongs to it: the keydown that
   ends a composition carries isComposing, or, in Safari, only the key code 229. */
interface Key {
  key: string
  shiftKey: boolean
  isComposing: boolean
  keyCode: number
}

export function sendsMessage(event: Key): boolean {
  if (event.isComposing || event.keyCode === 229) return false
  return event.key === 'Enter' && !event.shiftKey
}

/* Is something being written, or a dialog asking? Then letters are letters. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role=dialog]') !== null
}
