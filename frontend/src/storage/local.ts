/* localStorage that never throws: a full or forbidden storage costs comfort, not function. */
const PREFIX = 'consultd.'

export function localRead(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key)
  } catch {
    return null
  }
}

export function localWrite(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, value)
  } catch {
    /* full or forbidden */
  }
}

export function localKeys(start: string): string[] {
  try {
    const all = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '')
    return all.filter((key) => key.startsWith(PREFIX + start)).map((key) => key.slice(PREFIX.length))
  } catch {
    return []
  }
}

/* Another tab wrote `key`. */
export function onLocalChange(key: string, changed: () => void) {
  addEventListener('storage', (event) => {
    if (event.key === PREFIX + key || event.key === null) changed()
  })
}
