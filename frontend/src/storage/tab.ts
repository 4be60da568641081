/* sessionStorage that never throws: what this tab remembers over a reload. */
const PREFIX = 'consultd.'

export function tabRead(key: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + key)
  } catch {
    return null
  }
}

export function tabWrite(key: string, value: string | null) {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + key)
    else sessionStorage.setItem(PREFIX + key, value)
  } catch {
    /* full or forbidden */
  }
}
