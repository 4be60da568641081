/* Files that were given to be sent and have not been: with their bytes, so that they outlive the page. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { FailureCode } from '@/api/error'
import type { NewFile } from '@/api/files'

export interface UploadEntry extends NewFile {
  clientId: string
  user: string
  blob: Blob
  writtenAt: number
  /* The message it answers. */
  replyTo?: string | undefined
  /* Where the server keeps what has arrived. */
  url?: string
  /* All has arrived, as this file. */
  file?: string
  failed?: FailureCode
}

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadEntry; indexes: { user: string } }
}

let opened: Promise<IDBPDatabase<Schema>> | null = null

function database() {
  opened ??= openDB<Schema>('consultd.uploads', 1, {
    upgrade(db) {
      db.createObjectStore('uploads', { keyPath: 'clientId' }).createIndex('user', 'user')
    },
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opened = null),
  })
  return opened
}

export async function uploadsOf(user: string): Promise<UploadEntry[]> {
  const entries = await (await database()).getAllFromIndex('uploads', 'user', user)
  return entries.sort((a, b) => a.writtenAt - b.writtenAt)
}

export async function uploadPut(entry: UploadEntry): Promise<void> {
  await (await database()).put('uploads', entry)
}

export async function uploadDelete(clientId: string): Promise<void> {
  await (await database()).delete('uploads', clientId)
}
