/* What is prescribed: the words of the codes are in the locales. */
import type { Drug, RxCheck, RxDraftItem } from '@/api/models'

export const FREQUENCIES = ['qd', 'bid', 'tid', 'qid', 'q4h', 'q6h', 'q8h', 'q12h', 'qn', 'qod', 'qw', 'st', 'prn'] as const
export const ROUTES = [
  'oral',
  'sublingual',
  'topical',
  'inhaled',
  'nasal',
  'ophthalmic',
  'otic',
  'rectal',
  'vaginal',
  'injection',
] as const

/* What a doctor may know better, if he says why. */
const OVERRIDABLE = new Set(['allergy', 'duplicate', 'dose', 'age'])

const ROUTE_OF: Record<string, (typeof ROUTES)[number]> = {
  cream: 'topical',
  gel: 'topical',
  ointment: 'topical',
  patch: 'topical',
  inhaler: 'inhaled',
  spray: 'nasal',
  drops: 'ophthalmic',
  suppository: 'rectal',
  injection: 'injection',
}

/* How much and how often is the doctor's to say. */
export function itemOf(drug: Drug): RxDraftItem {
  return { drug: drug.code, name: drug.name, unit: drug.unit, route: ROUTE_OF[drug.form] ?? 'oral' }
}

export function checksOf(checks: readonly RxCheck[], item: number): RxCheck[] {
  return checks.filter((check) => check.item === item)
}

/* Of all items together. */
export function checksOfAll(checks: readonly RxCheck[]): RxCheck[] {
  return checks.filter((check) => check.item === undefined && (check.code === 'licence' || check.code === 'child-guardian'))
}

export function needsOverride(checks: readonly RxCheck[]): boolean {
  return checks.some(({ code }) => OVERRIDABLE.has(code))
}

/* The page that tells a counter whether it is good; what is behind # stays in the browser. */
export function codeUrl(token: string, origin: string): string {
  return `${origin}/rx#${token}`
}
