/* The list before a signature: what has to be there, what the server found, and where each is mended. */
import type { RxCheck } from '@/api/models'

export interface CheckRow {
  code: string
  level: 'ok' | 'warning' | 'error'
  item?: number | undefined
  why?: string | undefined
}

/* Codes of one matter: the first is what is said when all is well. */
const MATTERS: { good: string; bad: string[] }[] = [
  { good: 'diagnosis', bad: ['no-diagnosis'] },
  { good: 'advice', bad: ['no-advice'] },
  { good: 'follow-up', bad: ['no-follow-up'] },
]
const MATTERS_BAD = new Set(MATTERS.flatMap(({ bad }) => bad))

export function checkList(checks: RxCheck[], prescribes: boolean): CheckRow[] {
  const matters = MATTERS.flatMap<CheckRow>(({ good, bad }) => {
    const found = checks.filter(({ code }) => bad.includes(code))
    return found.length > 0 ? found : [{ code: good, level: 'ok' }]
  })
  const rest = checks.filter(({ code }) => !MATTERS_BAD.has(code))
  const prescription: CheckRow[] = rest.length > 0 ? rest : [{ code: prescribes ? 'prescription' : 'no-prescription', level: 'ok' }]
  return [...matters, ...prescription]
}

/* The pane and the field where it is mended. */
export function placeOfCheck(code: string): { tab: string; field: string } {
  if (code === 'diagnosis' || code === 'no-diagnosis') return { tab: 'diagnosis', field: 'icd-search' }
  if (code === 'advice' || code === 'no-advice') return { tab: 'diagnosis', field: 'record-advice' }
  if (code === 'follow-up' || code === 'no-follow-up') return { tab: 'diagnosis', field: 'record-followUp' }
  return { tab: 'prescription', field: 'pane-prescription' }
}

export function isBlocked(checks: RxCheck[]): boolean {
  return checks.some(({ level }) => level === 'error')
}
