/* A question while it is written: every member is there and a text, whatever its kind needs in the end. */
import type { FormQuestion } from '@/api/models'

export const QUESTIONS_MAX = 40
export const OPTIONS_MAX = 20
export const KINDS = ['text', 'yesno', 'choice', 'multi', 'number'] as const

interface DraftOption {
  id: string
  zh: string
  en: string
}

export interface DraftQuestion extends DraftOption {
  kind: FormQuestion['kind']
  isRequired: boolean
  options: DraftOption[]
  /* Ids of the answers that alarm; of a number its bounds. */
  alarms: string[]
  above: string
  below: string
  /* Asked after one of these answers to that question; empty: always. */
  after: string
  afterIn: string[]
}

export type DraftFault = 'words' | 'options' | 'number' | 'after'

/* Unused by the others: a form keeps the names of what was answered. */
export function freeId(prefix: string, taken: readonly { id: string }[]): string {
  let at = taken.length + 1
  while (taken.some(({ id }) => id === `${prefix}${at}`)) at++
  return `${prefix}${at}`
}

export function newQuestion(others: readonly DraftQuestion[]): DraftQuestion {
  const id = freeId('q', others)
  return { id, zh: '', en: '', kind: 'yesno', isRequired: true, options: [], alarms: [], above: '', below: '', after: '', afterIn: [] }
}

export function draftOf({ id, text, kind, isRequired, options = [], redFlag = {}, showIf }: FormQuestion): DraftQuestion {
  const flag: { in?: string[]; above?: number; below?: number } = redFlag
  return {
    id,
    ...text,
    kind,
    isRequired,
    options: options.map((option) => ({ id: option.id, ...option.text })),
    alarms: flag.in ?? [],
    above: flag.above === undefined ? '' : String(flag.above),
    below: flag.below === undefined ? '' : String(flag.below),
    after: showIf?.question ?? '',
    afterIn: showIf?.in ?? [],
  }
}

/* The answers one may choose from. */
export function choicesOf({ kind, options }: DraftQuestion): DraftOption[] {
  if (kind === 'yesno') return [{ id: 'yes', zh: '是', en: 'Yes' }, { id: 'no', zh: '否', en: 'No' }]
  return kind === 'choice' || kind === 'multi' ? options : []
}

/* Those a question may depend on. */
export function earlier(all: readonly DraftQuestion[], at: number): DraftQuestion[] {
  return all.slice(0, at).filter((one) => choicesOf(one).length > 0)
}

function flagOf({ kind, alarms, above, below, ...rest }: DraftQuestion): Pick<FormQuestion, 'redFlag'> {
  if (kind === 'number') {
    const bounds = { ...(above.trim() && { above: Number(above) }), ...(below.trim() && { below: Number(below) }) }
    return Object.keys(bounds).length > 0 ? { redFlag: bounds } : {}
  }
  const known = choicesOf({ kind, alarms, above, below, ...rest }).filter(({ id }) => alarms.includes(id))
  return known.length > 0 ? { redFlag: { in: known.map(({ id }) => id) } } : {}
}

export function questionOf(draft: DraftQuestion): FormQuestion {
  const { id, zh, en, kind, isRequired, options, after, afterIn } = draft
  const chooses = kind === 'choice' || kind === 'multi'
  return {
    id,
    text: { zh: zh.trim(), en: en.trim() },
    kind,
    isRequired,
    ...(chooses && { options: options.map((one) => ({ id: one.id, text: { zh: one.zh.trim(), en: one.en.trim() } })) }),
    ...(after && { showIf: { question: after, in: afterIn } }),
    ...flagOf(draft),
  }
}

function isNumber(text: string) {
  return Number.isFinite(Number(text))
}

/* What the server would refuse of the question at that place. */
export function draftFault(all: readonly DraftQuestion[], at: number): DraftFault | null {
  const draft = all[at]
  if (!draft) return null
  const { kind, options, after, afterIn } = draft
  const chooses = kind === 'choice' || kind === 'multi'
  const source = earlier(all, at).find(({ id }) => id === after)
  if ([draft, ...(chooses ? options : [])].some(({ zh, en }) => !zh.trim() || !en.trim())) return 'words'
  if (chooses && options.length < 2) return 'options'
  if (kind === 'number' && !(isNumber(draft.above) && isNumber(draft.below))) return 'number'
  if (after && !(source && afterIn.length > 0 && afterIn.every((id) => choicesOf(source).some((one) => one.id === id))))
    return 'after'
  return null
}
