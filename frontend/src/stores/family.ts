/* For whom the account acts. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import * as api from '@/api/me'
import type { FamilyMember, NewFamilyMember } from '@/api/models'
import type { Load } from '@/utils/load'

export const useFamilyStore = defineStore('family', () => {
  const list = shallowRef<FamilyMember[]>([])
  const load = ref<Load>({ kind: 'idle' })

  async function refresh() {
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      list.value = (await api.listFamily()).items
      load.value = { kind: 'ready' }
    } catch (error) {
      if (load.value.kind !== 'ready') load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function add(body: NewFamilyMember, key: string) {
    const { member } = await api.addFamilyMember(body, key)
    list.value = [...list.value.filter(({ id }) => id !== member.id), member]
    return member
  }

  async function change(patient: string, body: NewFamilyMember) {
    const { member } = await api.changeFamilyMember(patient, body)
    list.value = list.value.map((one) => (one.id === patient ? member : one))
  }

  async function remove(patient: string) {
    await api.removeFamilyMember(patient)
    list.value = list.value.filter(({ id }) => id !== patient)
  }

  function clear() {
    list.value = []
    load.value = { kind: 'idle' }
  }

  return { list, load, refresh, add, change, remove, clear }
})
