/* What one of the family agreed to, to be read again and withdrawn. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/consents'
import { asApiError } from '@/api/error'
import type { Consent, ConsentDocument } from '@/api/models'
import { consentRows } from '@/utils/consents'
import { newId } from '@/utils/ids'
import type { Load } from '@/utils/load'

export const usePrivacyStore = defineStore('privacy', () => {
  const patient = ref('')
  const documents = shallowRef<ConsentDocument[]>([])
  const given = shallowRef<Consent[]>([])
  const load = ref<Load>({ kind: 'idle' })

  const rows = computed(() => consentRows(documents.value, given.value))

  /* The server's documents, and those of every clinic that was agreed with. */
  async function inForce(lang: string, consents: Consent[]) {
    const clinics = new Set(consents.map(({ clinic }) => clinic?.id))
    const lists = await Promise.all(
      [undefined, ...clinics].map((clinic) => api.listConsentDocuments(lang, clinic)),
    )
    const byPlace = lists
      .flatMap(({ items }) => items)
      .map((one) => [`${one.clinic?.id ?? ''}/${one.docType}`, one] as const)
    return [...new Map(byPlace).values()]
  }

  async function open(of: string, lang: string) {
    patient.value = of
    load.value = { kind: 'loading' }
    try {
      const { items } = await api.listConsents(of)
      const current = await inForce(lang, items)
      if (patient.value !== of) return
      given.value = items
      documents.value = current
      load.value = { kind: 'ready' }
    } catch (error) {
      if (patient.value === of) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function change(act: Promise<unknown>) {
    const of = patient.value
    await act
    const { items } = await api.listConsents(of)
    if (patient.value === of) given.value = items
  }

  function clear() {
    patient.value = ''
    documents.value = []
    given.value = []
    load.value = { kind: 'idle' }
  }

  return {
    rows,
    load,
    open,
    clear,
    give: (document: ConsentDocument) => change(api.giveConsent(document, patient.value, newId())),
    withdraw: ({ docType, clinic }: ConsentDocument) =>
      change(api.withdrawConsent(docType, patient.value, clinic?.id)),
  }
})
