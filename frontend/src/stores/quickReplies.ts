/* What a doctor says often. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import * as api from '@/api/me'

export const useQuickRepliesStore = defineStore('quickReplies', () => {
  const texts = ref<string[]>([])
  let asked = false

  /* Once; another device's change comes with the next page. */
  async function load() {
    if (asked) return
    texts.value = (await api.listQuickReplies()).items.map(({ text }) => text)
    asked = true
  }

  async function save(changed: string[]) {
    const items = changed.map((text) => ({ text: text.trim() })).filter(({ text }) => text !== '')
    texts.value = (await api.setQuickReplies({ items })).items.map(({ text }) => text)
  }

  function clear() {
    texts.value = []
    asked = false
  }

  return { texts, load, save, clear }
})
