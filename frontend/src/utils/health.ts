/* Lists that are written as lines. */
import type { Health } from '@/api/models'

type Allergy = Health['allergies'][number]

const COLON = /[:：]/

export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  return [...new Set(lines.filter((line) => line !== ''))]
}

/* "Penicillin: rash" */
export function allergiesOf(text: string): Allergy[] {
  return linesOf(text).flatMap((line) => {
    const at = line.search(COLON)
    const substance = (at < 0 ? line : line.slice(0, at)).trim()
    const words = at < 0 ? '' : line.slice(at + 1).trim()
    if (substance === '') return []
    return [words === '' ? { substance } : { substance, text: words }]
  })
}

export function allergyLines(allergies: Allergy[]): string {
  return allergies.map(({ substance, text }) => (text ? `${substance}: ${text}` : substance)).join('\n')
}
