/* What a doctor wrote and the server has not confirmed: one entry a page and consult, so that two windows do not
   overwrite each other's. A page holds a lock for as long as it lives; an entry whose page is gone is an orphan,
   and whoever opens the consult next takes it over. */
import { localKeys, localRead, localWrite } from '@/storage/local'

export interface KeptDraft<Sheet> {
  /* What it was written upon. */
  version: number
  base: Sheet
  mine: Sheet
  writtenAt: number
}

let locked = false

function start(user: string, consult: string) {
  return `record.${user}.${consult}.`
}

function lockOf(page: string) {
  return `consultd.page.${page}`
}

/* Given back by the browser, whatever way the page ends. */
function live(page: string) {
  if (locked || !navigator.locks) return
  locked = true
  void navigator.locks.request(lockOf(page), () => new Promise(() => undefined))
}

/* `page` names this one among the windows. */
export function draftKeep<S>(page: string, user: string, consult: string, kept: KeptDraft<S> | null) {
  if (kept) live(page)
  localWrite(start(user, consult) + page, kept && JSON.stringify(kept))
}

function parse<S>(text: string | null): KeptDraft<S> | null {
  try {
    return JSON.parse(text ?? 'null') as KeptDraft<S> | null
  } catch {
    return null
  }
}

/* The newest that no living page holds, with what forgets it; null: none. */
export async function draftOrphan<S>(mine: string, user: string, consult: string) {
  const held = navigator.locks ? ((await navigator.locks.query()).held ?? []).map(({ name }) => name) : []
  const orphans = localKeys(start(user, consult)).flatMap((key) => {
    const page = key.slice(start(user, consult).length)
    const kept = page === mine || held.includes(lockOf(page)) ? null : parse<S>(localRead(key))
    return kept ? [{ kept, forget: () => localWrite(key, null) }] : []
  })
  return orphans.sort((a, b) => b.kept.writtenAt - a.kept.writtenAt)[0] ?? null
}
