/* Who saw the record of one of the family. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import type { Access } from '@/api/models'
import { listAccess } from '@/api/privacy'
import type { Load } from '@/utils/load'

export const useAccessStore = defineStore('access', () => {
  const patient = ref('')
  const list = shallowRef<Access[]>([])
  const nextCursor = ref<string | null>(null)
  const load = ref<Load>({ kind: 'idle' })

  async function open(of: string) {
    patient.value = of
    load.value = { kind: 'loading' }
    try {
      const page = await listAccess(of)
      if (patient.value !== of) return
      list.value = page.items
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (patient.value === of) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    const of = patient.value
    if (!nextCursor.value) return
    const page = await listAccess(of, nextCursor.value)
    if (patient.value !== of) return
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  function clear() {
    patient.value = ''
    list.value = []
    nextCursor.value = null
    load.value = { kind: 'idle' }
  }

  return { list, nextCursor, load, open, more, clear }
})
