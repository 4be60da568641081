/* The entry script's hashed name in a page: another name is another version. Null in development, where
   nothing is hashed. */
export function entryOf(html: string): string | null {
  return /<script[^>]+src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? null
}
