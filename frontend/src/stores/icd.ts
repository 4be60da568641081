/* Codes of diseases: looked up by what a doctor types, the last answer wins. */
import { defineStore } from 'pinia'
import type { IcdCode } from '@/api/models'
import * as api from '@/api/records'

const KEPT_MAX = 60

export const useIcdStore = defineStore('icd', () => {
  const kept = new Map<string, IcdCode[]>()

  async function search(text: string): Promise<IcdCode[]> {
    const q = text.trim()
    const known = kept.get(q)
    if (known || q === '') return known ?? []
    const { items } = await api.searchIcd(q)
    if (kept.size >= KEPT_MAX) kept.clear()
    kept.set(q, items)
    return items
  }

  return { search }
})
