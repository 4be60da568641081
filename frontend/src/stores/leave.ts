/* The leaves of a doctor, and the taking of one. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import * as api from '@/api/leave'
import type { Leave } from '@/api/models'
import type { Load } from '@/utils/load'

export const useLeaveStore = defineStore('leave', () => {
  const doctor = ref('')
  const list = shallowRef<Leave[]>([])
  const load = ref<Load>({ kind: 'idle' })

  async function open(id: string) {
    if (doctor.value !== id) clear()
    doctor.value = id
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const { items } = await api.listLeave(id)
      if (doctor.value !== id) return
      list.value = items
      load.value = { kind: 'ready' }
    } catch (error) {
      if (doctor.value === id) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function preview(start: string, end: string) {
    return api.previewLeave(doctor.value, { start, end })
  }

  async function take(body: Parameters<typeof api.takeLeave>[1], key: string) {
    const { affected, ...leave } = await api.takeLeave(doctor.value, body, key)
    list.value = [leave, ...list.value]
    return { ...leave, affected }
  }

  async function undo(id: string) {
    const { lost, restored, ...leave } = await api.undoLeave(doctor.value, id)
    list.value = list.value.map((one) => (one.id === id ? leave : one))
    return { restored: restored.length, lost: lost.map(({ why }) => why) }
  }

  function clear() {
    doctor.value = ''
    list.value = []
    load.value = { kind: 'idle' }
  }

  return { list, load, open, preview, take, undo, clear }
})
