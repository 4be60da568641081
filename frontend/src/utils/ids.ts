const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/* A name for one thing the user wants done; the server knows a retry by it. 22 of 64 characters: 132 bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22))
  return Array.from(bytes, (byte) => ALPHABET[byte & 63]).join('')
}
