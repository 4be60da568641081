/* What was written and is not yet known to be stored by the server; outlives the page. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { FailureCode } from '@/api/error'

export interface OutboxEntry {
  clientId: string
  user: string
  consult: string
  text: string
  /* The id of the message it answers. */
  replyTo?: string
  /* Order of writing, and the time shown until the server gives its own. */
  writtenAt: number
  /* Set when the server refused it for good; the user decides. */
  failed?: FailureCode
}

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxEntry; indexes: { user: string } }
}

let opened: Promise<IDBPDatabase<Schema>> | null = null

function database() {
  opened ??= openDB<Schema>('consultd', 1, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('user', 'user')
    },
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opened = null),
  })
  return opened
}

export async function outboxOf(user: string): Promise<OutboxEntry[]> {
  const entries = await (await database()).getAllFromIndex('outbox', 'user', user)
  return entries.sort((a, b) => a.writtenAt - b.writtenAt)
}

export async function outboxPut(entry: OutboxEntry): Promise<void> {
  await (await database()).put('outbox', entry)
}

export async function outboxDelete(clientId: string): Promise<void> {
  await (await database()).delete('outbox', clientId)
}
