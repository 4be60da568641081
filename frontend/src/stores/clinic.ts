/* What the clinic offers and by which rules: changed by its administrators, seen by its staff. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/clinic'
import { asApiError } from '@/api/error'
import type { KeptDepartment, KeptService, NewPolicy, NewService, Policy } from '@/api/models'
import { useSessionStore } from '@/stores/session'
import type { Load } from '@/utils/load'

type Department = Omit<KeptDepartment, 'id'>

function put<T extends { id: string }>(list: T[], one: T): T[] {
  return list.some(({ id }) => id === one.id)
    ? list.map((other) => (other.id === one.id ? one : other))
    : [...list, one]
}

export const useClinicStore = defineStore('clinic', () => {
  const session = useSessionStore()
  const services = shallowRef<KeptService[]>([])
  const departments = shallowRef<KeptDepartment[]>([])
  const policies = shallowRef<Policy[]>([])
  const load = ref<Load>({ kind: 'idle' })

  const mayChange = computed(() => session.user?.role === 'admin')

  async function open() {
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const [offered, parts, rules] = await Promise.all([
        api.listKeptServices(),
        api.listKeptDepartments(),
        api.listPolicies(),
      ])
      services.value = offered.items
      departments.value = parts.items
      policies.value = rules.items
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  /* `id` of one that is changed; without it, a new one. */
  async function saveService(id: string | undefined, body: NewService, key: string) {
    const answer = await (id ? api.setService(id, body) : api.addService(body, key))
    services.value = put(services.value, answer.service)
  }

  async function saveDepartment(id: string | undefined, body: Department, key: string) {
    const { name } = body
    const answer = await (id ? api.setDepartment(id, body) : api.addDepartment({ name }, key))
    departments.value = put(departments.value, answer.department)
  }

  async function addPolicy(body: NewPolicy, key: string) {
    const { policy } = await api.addPolicy(body, key)
    const same = (other: Policy) => other.service?.id === policy.service?.id
    const before = policies.value.map((other) => (same(other) ? { ...other, isCurrent: false } : other))
    policies.value = [policy, ...before]
  }

  function clear() {
    services.value = []
    departments.value = []
    policies.value = []
    load.value = { kind: 'idle' }
  }

  return {
    services,
    departments,
    policies,
    load,
    mayChange,
    open,
    saveService,
    saveDepartment,
    addPolicy,
    clear,
  }
})
