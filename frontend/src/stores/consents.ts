/* What a patient agrees to before he books: the documents in force in a clinic, and those not agreed to yet. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/consents'
import type { ConsentDocument } from '@/api/models'
import { newId } from '@/utils/ids'

function name({ docType, docVersion }: { docType: string; docVersion: string }) {
  return `${docType} ${docVersion}`
}

export const useConsentsStore = defineStore('consents', () => {
  const documents = shallowRef<ConsentDocument[]>([])
  const given = shallowRef(new Set<string>())
  /* Whose they are; empty while nothing is known. */
  const patient = ref('')

  const missing = computed(() => documents.value.filter((document) => !given.value.has(name(document))))

  let asked = 0

  async function refresh(lang: string, clinic: string, of: string) {
    clear()
    const mine = ++asked
    const [current, his] = await Promise.all([
      api.listConsentDocuments(lang, clinic),
      api.listConsents(of),
    ])
    if (mine !== asked) return
    documents.value = current.items
    given.value = new Set(his.items.filter(({ withdrawnAt }) => !withdrawnAt).map(name))
    patient.value = of
  }

  async function give(those: ConsentDocument[]) {
    for (const document of those) {
      await api.giveConsent(document, patient.value, newId())
      given.value = new Set(given.value).add(name(document))
    }
  }

  function clear() {
    documents.value = []
    given.value = new Set()
    patient.value = ''
  }

  return { documents, missing, patient, refresh, give, clear }
})
