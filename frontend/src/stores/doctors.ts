/* Doctors one may consult, as they are looked for. */
import { defineStore } from 'pinia'
import { reactive, ref, shallowRef } from 'vue'
import { listDepartments, listDoctors } from '@/api/doctors'
import { asApiError } from '@/api/error'
import type { Department, Doctor } from '@/api/models'
import type { Load } from '@/utils/load'

export const useDoctorsStore = defineStore('doctors', () => {
  const list = shallowRef<Doctor[]>([])
  const departments = shallowRef<Department[]>([])
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)
  const wish = reactive({ q: '', department: '', language: '', earliest: false })
  let asked = 0

  function query() {
    const { q, department, language, earliest } = wish
    return {
      q: q.trim() || undefined,
      department: department || undefined,
      language: language || undefined,
      sort: earliest ? ('earliest' as const) : undefined,
    }
  }

  /* What was found before stays until the answer is there; an older answer that comes later is dropped. */
  async function refresh() {
    const mine = ++asked
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const page = await listDoctors(query())
      if (mine !== asked) return
      list.value = page.items
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (mine === asked) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  /* Without them one can still look by words. */
  async function refreshDepartments() {
    departments.value = await listDepartments().then(
      ({ items }) => items,
      () => departments.value,
    )
  }

  async function more() {
    if (!nextCursor.value) return
    const mine = asked
    const page = await listDoctors(query(), nextCursor.value)
    if (mine !== asked) return
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  return { list, departments, load, nextCursor, wish, refresh, refreshDepartments, more }
})
