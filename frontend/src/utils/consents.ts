/* What somebody agreed to, beside what is in force. */
import type { Consent, ConsentDocument } from '@/api/models'

export interface ConsentRow {
  document: ConsentDocument
  /* older: another version was agreed to, this one is new. */
  state: 'given' | 'withdrawn' | 'older' | 'none'
  /* Of the same document, the newest first; texts of earlier versions are not kept here. */
  history: Consent[]
}

function place(one: { docType: string; clinic?: { id: string } }): string {
  return `${one.clinic?.id ?? ''}/${one.docType}`
}

export function consentRows(documents: ConsentDocument[], given: Consent[]): ConsentRow[] {
  /* A clinic's own stands for the server's of its type: that one is nobody's to agree to then. */
  const own = new Set(documents.flatMap(({ docType, clinic }) => (clinic ? [docType] : [])))
  const rows = documents.map((document) => {
    const history = given.filter((one) => place(one) === place(document))
    const standing = history.filter(({ withdrawnAt }) => !withdrawnAt)
    const current = standing.some(({ docVersion }) => docVersion === document.docVersion)
    const before = standing.length > 0 ? 'older' : history.length > 0 ? 'withdrawn' : 'none'
    return { document, state: current ? 'given' : before, history } as const
  })
  return rows.filter(({ document, state }) => state !== 'none' || document.clinic || !own.has(document.docType))
}
