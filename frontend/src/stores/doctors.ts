/* Doctors one may consult. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { listDoctors } from '@/api/doctors'
import { asApiError } from '@/api/error'
import type { Doctor } from '@/api/models'
import type { Load } from '@/utils/load'

export const useDoctorsStore = defineStore('doctors', () => {
  const list = shallowRef<Doctor[]>([])
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)

  async function refresh() {
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const page = await listDoctors()
      list.value = page.items
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    if (!nextCursor.value) return
    const page = await listDoctors(nextCursor.value)
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  return { list, load, nextCursor, refresh, more }
})
