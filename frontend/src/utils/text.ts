export const TEXT_MAX = 4_000

/* Characters as the server counts them: code points, so that an emoji is not two. */
export function textLength(text: string): number {
  return Array.from(text).length
}

export function isSendable(text: string): boolean {
  const length = textLength(text.trim())
  return length > 0 && length <= TEXT_MAX
}

/* One or two characters that stand for a name: 张伟 -> 伟, Jane Doe -> JD. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = Array.from(words[0] ?? '?')
  if (words.length > 1) return `${first[0]}${Array.from(words.at(-1) ?? '')[0]}`.toUpperCase()
  return /[\u3400-\u9fff]/.test(first[0] ?? '') ? (first.at(-1) ?? '?') : (first[0] ?? '?').toUpperCase()
}
