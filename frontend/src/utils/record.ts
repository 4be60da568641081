/* A doctor's record as fields of one level: what is compared, merged and chosen between. */
import type { Diagnosis, FollowUp, RecordBody, RecordDraft, RxDraftItem } from '@/api/models'

export interface Sheet {
  complaint: string
  history: string
  findings: string
  plan: string
  diagnoses: Diagnosis[]
  noDiagnosisReason: string
  summary: string
  advice: string
  followUp: FollowUp | null
  items: RxDraftItem[]
}

export type Field = keyof Sheet
export type TextField = { [F in Field]: Sheet[F] extends string ? F : never }[Field]

export const FIELDS: readonly Field[] = [
  'complaint',
  'history',
  'findings',
  'plan',
  'diagnoses',
  'noDiagnosisReason',
  'summary',
  'advice',
  'followUp',
  'items',
]
export const TEXT_MAX = 4_000

export function sheetOf(record: RecordBody | RecordDraft): Sheet {
  const { note, summary = '', advice = '', noDiagnosisReason = '', diagnoses, prescription } = record
  const { complaint = '', history = '', findings = '', plan = '' } = note
  const items = prescription.items as RxDraftItem[]
  return {
    complaint, history, findings, plan, diagnoses, noDiagnosisReason, summary, advice, items,
    followUp: record.followUp && { days: record.followUp.days, text: record.followUp.text ?? '' },
  }
}

/* What was left empty is not sent. */
function written<T extends Record<string, string>>(texts: T): Partial<T> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as Partial<T>
}

export function bodyOf(sheet: Sheet): RecordBody {
  const { complaint, history, findings, plan, summary, advice, noDiagnosisReason } = sheet
  return {
    note: written({ complaint, history, findings, plan }),
    ...written({ summary, advice, noDiagnosisReason }),
    followUp: sheet.followUp,
    diagnoses: sheet.diagnoses.map((one, at) => ({ ...one, rank: at + 1 })),
    prescription: { items: sheet.items },
  }
}

/* Objects as the server and the page write them may differ in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b)
}

export function isSameSheet(a: Sheet, b: Sheet): boolean {
  return FIELDS.every((field) => isSame(a[field], b[field]))
}

/* Where only one has changed a field, his stands; where both did, somebody has to choose. */
export function merged(base: Sheet, mine: Sheet, theirs: Sheet): { sheet: Sheet; conflicts: Field[] } {
  const conflicts = FIELDS.filter(
    (field) =>
      !isSame(mine[field], theirs[field]) &&
      !isSame(base[field], theirs[field]) &&
      !isSame(base[field], mine[field]),
  )
  const taken = FIELDS.filter((field) => isSame(base[field], mine[field])).map((field) => [field, theirs[field]])
  return { sheet: { ...mine, ...(Object.fromEntries(taken) as Partial<Sheet>) }, conflicts }
}

/* Both, one after the other: mine first. */
export function joined<F extends Field>(field: F, mine: Sheet[F], theirs: Sheet[F]): Sheet[F] | null {
  if (typeof mine === 'string' && typeof theirs === 'string') {
    const text = `${mine}\n${theirs}`
    return text.length <= TEXT_MAX ? (text as Sheet[F]) : null
  }
  if (!Array.isArray(mine) || !Array.isArray(theirs)) return null
  const known = new Set(mine.map(idOf))
  return [...mine, ...theirs.filter((one) => !known.has(idOf(one)))] as Sheet[F]
}

function idOf(one: Diagnosis | RxDraftItem): string {
  return 'code' in one ? `${one.system} ${one.code}` : one.drug
}

export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = list.filter((_, at) => at !== from)
  const one = list[from]
  if (one !== undefined) next.splice(Math.min(Math.max(to, 0), next.length), 0, one)
  return next
}

/* Whole years at `now`; a birthday counts from its day on. */
export function ageAt(birthDate: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number)
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day)
  return now.getFullYear() - year - (before ? 1 : 0)
}
