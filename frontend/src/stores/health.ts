/* What is known of a patient's health, and the consults his doctor has had with him. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asApiError, type ApiError } from '@/api/error'
import type { Health, TimelineItem } from '@/api/models'
import * as api from '@/api/records'

export type HealthBody = Pick<Health, 'allergies' | 'conditions' | 'medications'>

export const useHealthStore = defineStore('health', () => {
  const byPatient = shallowReactive(new Map<string, Health | ApiError>())
  const timelines = shallowReactive(new Map<string, TimelineItem[] | ApiError>())

  async function look(patient: string) {
    byPatient.set(patient, await api.getHealth(patient).catch(asApiError))
  }

  async function lookBack(consult: string) {
    timelines.set(consult, await api.getTimeline(consult).then(({ items }) => items, asApiError))
  }

  async function change(patient: string, version: number, body: HealthBody) {
    byPatient.set(patient, await api.putHealth(patient, { ...body, version }))
  }

  function clear() {
    byPatient.clear()
    timelines.clear()
  }

  return { byPatient, timelines, look, lookBack, change, clear }
})
