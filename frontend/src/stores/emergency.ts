/* A patient who is not one's own, in an emergency: found, opened for a while, and closed again. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import type { FoundPatient, GlassEvent, Result } from '@/api/models'
import * as api from '@/api/privacy'
import type { Load } from '@/utils/load'

export const useEmergencyStore = defineStore('emergency', () => {
  const found = shallowRef<FoundPatient[] | null>(null)
  const chosen = shallowRef<FoundPatient | null>(null)
  const until = ref('')
  const results = shallowRef<Result[]>([])
  const broken = shallowRef<GlassEvent[]>([])
  const brokenLoad = ref<Load>({ kind: 'idle' })

  async function find(name: string) {
    clear()
    found.value = (await api.findPatients(name)).items
  }

  async function open(reason: string, password: string) {
    const patient = chosen.value
    if (!patient) return
    await api.breakGlass(patient.id, { reason, password })
    const opened = await api.listOpened(patient.id)
    if (chosen.value !== patient) return
    results.value = opened.items
    until.value = opened.until
  }

  function choose(patient: FoundPatient) {
    chosen.value = patient
  }

  async function review() {
    brokenLoad.value = { kind: 'loading' }
    try {
      broken.value = (await api.listBroken()).items
      brokenLoad.value = { kind: 'ready' }
    } catch (error) {
      brokenLoad.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  /* What was opened is not kept. */
  function clear() {
    found.value = null
    chosen.value = null
    until.value = ''
    results.value = []
    broken.value = []
    brokenLoad.value = { kind: 'idle' }
  }

  return { found, chosen, until, results, broken, brokenLoad, find, choose, open, review, clear }
})
