/* A file of a message, fetched when it is wanted. */
import { ref, shallowRef } from 'vue'
import { useFilesStore } from '@/stores/files'
import { asApiError } from '@/api/error'
import type { Load } from '@/utils/load'

export function useFile(id: () => string) {
  const files = useFilesStore()
  const load = ref<Load>({ kind: 'idle' })
  const blob = shallowRef<Blob | null>(null)

  /* `make`: what is shown of it, when that is not the file itself. */
  async function get(make = (whole: Blob): Promise<Blob> => Promise.resolve(whole)) {
    if (load.value.kind === 'loading') return
    load.value = { kind: 'loading' }
    try {
      blob.value = await make(await files.get(id()))
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function save(name: string) {
    load.value = { kind: 'loading' }
    try {
      await files.save(id(), name)
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  return { load, blob, get, save }
}
