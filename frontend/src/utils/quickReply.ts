/* {patient}, {doctor}, {date}: what is known is filled in, the rest stays for the doctor to see. */
export function fillIn(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/* Behind what is written already. */
export function appended(draft: string, text: string): string {
  return draft && !/\s$/.test(draft) ? `${draft} ${text}` : draft + text
}
