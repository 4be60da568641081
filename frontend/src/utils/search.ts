/* One word of two characters or more, as the server wants it. */
export function isSearchable(text: string): boolean {
  return /[\p{L}\p{N}]{2}/u.test(text.normalize('NFKC'))
}
