/* The weekly hours of a doctor and what differs from them. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import type { NewScheduleException, NewScheduleRule, ScheduleException, ScheduleRule } from '@/api/models'
import * as api from '@/api/schedule'
import type { Load } from '@/utils/load'
import { byWeek } from '@/utils/hours'

export const useHoursStore = defineStore('hours', () => {
  const doctor = ref('')
  const rules = shallowRef<ScheduleRule[]>([])
  const exceptions = shallowRef<ScheduleException[]>([])
  const load = ref<Load>({ kind: 'idle' })

  /* Exceptions that end after `from`; from now on, when absent. */
  async function open(id: string, from?: string) {
    if (doctor.value !== id) clear()
    doctor.value = id
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const [weekly, others] = await Promise.all([api.listRules(id), api.listExceptions(id, from)])
      if (doctor.value !== id) return
      rules.value = weekly.items
      exceptions.value = others.items
      load.value = { kind: 'ready' }
    } catch (error) {
      if (doctor.value === id) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  function putRule(rule: ScheduleRule) {
    rules.value = [...rules.value.filter(({ id }) => id !== rule.id), rule].sort(byWeek)
  }

  async function addRule(rule: NewScheduleRule) {
    putRule((await api.addRule(doctor.value, rule)).rule)
  }

  async function setRule(id: string, rule: NewScheduleRule) {
    putRule((await api.setRule(doctor.value, id, rule)).rule)
  }

  async function removeRule(id: string) {
    await api.removeRule(doctor.value, id)
    rules.value = rules.value.filter((rule) => rule.id !== id)
  }

  function putException(exception: ScheduleException) {
    const others = exceptions.value.filter(({ id }) => id !== exception.id)
    exceptions.value = [...others, exception].sort((a, b) => a.startAt.localeCompare(b.startAt))
  }

  async function addException(exception: NewScheduleException) {
    putException((await api.addException(doctor.value, exception)).exception)
  }

  async function removeException(id: string) {
    await api.removeException(doctor.value, id)
    exceptions.value = exceptions.value.filter((exception) => exception.id !== id)
  }

  async function setException(id: string, exception: NewScheduleException) {
    putException((await api.setException(doctor.value, id, exception)).exception)
  }

  function clear() {
    doctor.value = ''
    rules.value = []
    exceptions.value = []
    load.value = { kind: 'idle' }
  }

  return {
    rules,
    exceptions,
    load,
    open,
    addRule,
    setRule,
    removeRule,
    addException,
    setException,
    removeException,
    clear,
  }
})
