/* The records a doctor writes. Each is saved a moment after the last key, and on this device at each; what another
   window or device saved meanwhile is merged field by field, and where both changed one the doctor chooses. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asApiError, isTransient, type ApiError } from '@/api/error'
import type { RecordDraft } from '@/api/models'
import * as api from '@/api/records'
import { draftKeep, draftOrphan } from '@/storage/recordDrafts'
import { hearWindows, tellWindows } from '@/storage/windows'
import { useSessionStore } from '@/stores/session'
import { newId } from '@/utils/ids'
import type { Load } from '@/utils/load'
import { bodyOf, isSameSheet, merged, sheetOf, type Field, type Sheet } from '@/utils/record'

export type Saving =
  | { kind: 'saved' }
  /* Written, and sent in a moment. */
  | { kind: 'unsaved' }
  | { kind: 'saving' }
  | { kind: 'retrying' }
  | { kind: 'failed'; error: ApiError }
  | { kind: 'conflict'; theirs: RecordDraft }

export interface OpenRecord {
  load: Load
  version: number
  signedVersion: number
  savedAt: string | null
  /* Why the patient came, as he booked. */
  reason: string
  base: Sheet
  mine: Sheet
  saving: Saving
  /* Another window's or device's words came in; gone with the next key. */
  joined: boolean
}

const PAUSE_MS = 1_000
const WAIT_MAX_MS = 2_000
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 20_000
const WINDOWS = 'record'
const PAGE = newId()
const EMPTY = sheetOf({ note: {}, followUp: null, diagnoses: [], prescription: { items: [] } })

interface Timing {
  timer?: ReturnType<typeof setTimeout>
  /* When the oldest key that is not on its way has to be. */
  due: number
  retry: number
  /* The save that is under way. */
  sending: Promise<void> | null
}

export const useRecordStore = defineStore('record', () => {
  const session = useSessionStore()
  const records = shallowReactive(new Map<string, OpenRecord>())
  const timings = new Map<string, Timing>()

  function of(consult: string): OpenRecord | undefined {
    return records.get(consult)
  }

  function put(consult: string, part: Partial<OpenRecord>) {
    const known = records.get(consult)
    if (known) records.set(consult, { ...known, ...part })
  }

  function timingOf(consult: string): Timing {
    const timing = timings.get(consult) ?? { due: 0, retry: RETRY_MIN_MS, sending: null }
    timings.set(consult, timing)
    return timing
  }

  function isSaved(consult: string): boolean {
    const one = records.get(consult)
    return !one || isSameSheet(one.base, one.mine)
  }

  /* On this device, until the server has it. */
  function keep(consult: string) {
    const one = records.get(consult)
    const user = session.user?.id
    if (!one || !user) return
    const { version, base, mine } = one
    draftKeep(PAGE, user, consult, isSaved(consult) ? null : { version, base, mine, writtenAt: Date.now() })
  }

  async function open(consult: string) {
    if (records.get(consult)?.load.kind === 'ready') return
    records.set(consult, {
      load: { kind: 'loading' }, version: 0, signedVersion: 0, savedAt: null, reason: '', base: EMPTY, mine: EMPTY,
      saving: { kind: 'saved' }, joined: false,
    })
    try {
      const record = await api.getRecord(consult)
      adopt(consult, record)
      put(consult, { load: { kind: 'ready' }, mine: sheetOf(record), reason: record.reason ?? '' })
      await takeOver(consult)
    } catch (error) {
      put(consult, { load: { kind: 'failed', error: asApiError(error) } })
    }
  }

  function adopt(consult: string, record: RecordDraft) {
    const { version, signedVersion, savedAt = null } = record
    put(consult, { version, signedVersion, savedAt, base: sheetOf(record) })
  }

  /* What a page that is gone had written here. */
  async function takeOver(consult: string) {
    const user = session.user?.id
    const orphan = user ? await draftOrphan<Sheet>(PAGE, user, consult) : null
    const one = records.get(consult)
    if (!orphan || !one || !isSaved(consult)) return
    const theirs = one.base
    const { version, base, mine } = orphan.kept
    if (version === one.version) put(consult, { mine, saving: { kind: 'unsaved' } })
    else if (!isSameSheet(mine, theirs)) {
      const record = { ...bodyOf(theirs), consult, version: one.version, signedVersion: one.signedVersion }
      put(consult, { version, base, mine })
      meet(consult, { ...record, ...(one.savedAt ? { savedAt: one.savedAt } : {}) })
    }
    keep(consult)
    orphan.forget()
    if (!isSaved(consult)) soon(consult, 0)
  }

  function edit<F extends Field>(consult: string, field: F, value: Sheet[F]) {
    const one = records.get(consult)
    if (one?.load.kind !== 'ready') return
    put(consult, { mine: { ...one.mine, [field]: value }, joined: false })
    keep(consult)
    if (one.saving.kind === 'conflict') return
    put(consult, { saving: { kind: 'unsaved' } })
    soon(consult, PAUSE_MS)
  }

  function soon(consult: string, pause: number) {
    const timing = timingOf(consult)
    const now = Date.now()
    timing.due ||= now + WAIT_MAX_MS
    clearTimeout(timing.timer)
    timing.timer = setTimeout(() => void save(consult), Math.max(0, Math.min(pause, timing.due - now)))
  }

  /* Ends when all that is written has been saved, or will not be for now. */
  async function save(consult: string): Promise<void> {
    const timing = timingOf(consult)
    clearTimeout(timing.timer)
    timing.due = 0
    if (timing.sending) {
      await timing.sending
      return save(consult)
    }
    const one = records.get(consult)
    if (!one || one.load.kind !== 'ready' || one.saving.kind === 'conflict') return
    if (isSaved(consult)) {
      put(consult, { saving: { kind: 'saved' } })
      keep(consult)
      return
    }
    timing.sending = send(consult, one).finally(() => (timing.sending = null))
    return timing.sending
  }

  async function send(consult: string, { mine, version }: OpenRecord) {
    put(consult, { saving: { kind: 'saving' } })
    try {
      const record = await api.putRecord(consult, bodyOf(mine), version)
      timingOf(consult).retry = RETRY_MIN_MS
      confirmed(consult, record, mine)
      tellWindows(WINDOWS, { user: session.user?.id, record })
    } catch (error) {
      await refused(consult, error)
    }
  }

  function confirmed(consult: string, record: RecordDraft, sent: Sheet) {
    const one = records.get(consult)
    if (!one) return
    const untouched = one.mine === sent
    adopt(consult, record)
    // What the server keeps is what counts: it may rank anew.
    if (untouched) put(consult, { mine: sheetOf(record) })
    put(consult, { saving: { kind: isSaved(consult) ? 'saved' : 'unsaved' } })
    keep(consult)
    if (!isSaved(consult)) soon(consult, PAUSE_MS)
    else void takeOver(consult)
  }

  async function refused(consult: string, error: unknown) {
    const { status, code, record } = asApiError(error)
    if (isTransient(error)) return retryLater(consult)
    if (status !== 412 && !(code === 'conflict' && record))
      return put(consult, { saving: { kind: 'failed', error: asApiError(error) } })
    try {
      meet(consult, record ?? (await api.getRecord(consult)))
    } catch {
      retryLater(consult)
    }
  }

  function retryLater(consult: string) {
    const timing = timingOf(consult)
    put(consult, { saving: { kind: 'retrying' } })
    clearTimeout(timing.timer)
    timing.timer = setTimeout(() => void save(consult), timing.retry)
    timing.retry = Math.min(timing.retry * 2, RETRY_MAX_MS)
  }

  /* Somebody else's words and mine. */
  function meet(consult: string, theirs: RecordDraft) {
    const one = records.get(consult)
    if (!one) return
    const { sheet, conflicts } = merged(one.base, one.mine, sheetOf(theirs))
    if (conflicts.length > 0) return put(consult, { saving: { kind: 'conflict', theirs } })
    settle(consult, theirs, sheet)
  }

  function settle(consult: string, theirs: RecordDraft, sheet: Sheet) {
    adopt(consult, theirs)
    put(consult, { mine: sheet, joined: true })
    put(consult, { saving: { kind: isSaved(consult) ? 'saved' : 'unsaved' } })
    keep(consult)
    if (!isSaved(consult)) soon(consult, 0)
  }

  /* The fields that both changed, while it is not chosen between them. */
  function conflicts(consult: string): Field[] {
    const one = records.get(consult)
    if (one?.saving.kind !== 'conflict') return []
    return merged(one.base, one.mine, sheetOf(one.saving.theirs)).conflicts
  }

  function resolve(consult: string, chosen: Partial<Sheet>) {
    const one = records.get(consult)
    if (one?.saving.kind !== 'conflict') return
    const { theirs } = one.saving
    settle(consult, theirs, { ...merged(one.base, one.mine, sheetOf(theirs)).sheet, ...chosen })
    put(consult, { joined: false })
  }

  function heard({ user, record }: { user: string; record: RecordDraft }) {
    const one = records.get(record.consult)
    if (!one || one.load.kind !== 'ready' || user !== session.user?.id || record.version <= one.version) return
    if (!timingOf(record.consult).sending) meet(record.consult, record)
  }

  /* There is a connection again, or the page is about to be left. */
  async function flush() {
    await Promise.all([...records.keys()].filter((consult) => !isSaved(consult)).map(save))
  }

  /* Words that are on this device alone. */
  function unsaved(): number {
    return [...records.keys()].filter((consult) => !isSaved(consult)).length
  }

  /* It stands for good; what is written from here on is an amendment. */
  function signed(consult: string) {
    records.delete(consult)
    return open(consult)
  }

  function clear() {
    for (const { timer } of timings.values()) clearTimeout(timer)
    timings.clear()
    records.clear()
  }

  hearWindows(WINDOWS, heard)

  return { of, open, edit, save, flush, conflicts, resolve, unsaved, signed, clear, isSaved }
})
