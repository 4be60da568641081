/* What a patient agrees to before he books: the documents in force, and those he has not agreed to yet. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import * as api from '@/api/consents'
import type { ConsentDocument } from '@/api/models'
import { newId } from '@/utils/ids'

function name({ docType, docVersion }: { docType: string; docVersion: string }) {
  return `${docType} ${docVersion}`
}

export const useConsentsStore = defineStore('consents', () => {
  const documents = shallowRef<ConsentDocument[]>([])
  const given = shallowRef(new Set<string>())

  const missing = computed(() => documents.value.filter((document) => !given.value.has(name(document))))

  async function refresh(lang: string) {
    const [current, mine] = await Promise.all([api.listConsentDocuments(lang), api.listConsents()])
    documents.value = current.items
    given.value = new Set(mine.items.map(name))
  }

  async function give(those: ConsentDocument[]) {
    for (const document of those) {
      await api.giveConsent(document, newId())
      given.value = new Set(given.value).add(name(document))
    }
  }

  function clear() {
    documents.value = []
    given.value = new Set()
  }

  return { documents, missing, refresh, give, clear }
})
