/* The bytes of files that were sent. The last ones stay in memory: a picture that is opened was just seen. */
import { defineStore } from 'pinia'
import { getFile } from '@/api/files'

const KEPT = 24

export const useFilesStore = defineStore('files', () => {
  const kept = new Map<string, Promise<Blob>>()

  function get(id: string): Promise<Blob> {
    const known = kept.get(id) ?? getFile(id)
    kept.delete(id)
    kept.set(id, known)
    known.catch(() => kept.delete(id))
    for (const old of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(old)
    }
    return known
  }

  /* A download of the browser's own. */
  async function save(id: string, name: string) {
    const url = URL.createObjectURL(await getFile(id))
    const link = Object.assign(document.createElement('a'), { href: url, download: name })
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  }

  function clear() {
    kept.clear()
  }

  return { get, save, clear }
})
