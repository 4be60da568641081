/* The reader's language: what he chose, else what his browser prefers, else Chinese. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Locale } from '@/api/models'
import { localRead, localWrite } from '@/storage/local'

export const LOCALES: readonly Locale[] = ['zh-CN', 'en']

function initial(): Locale {
  const wanted = [localRead('locale') ?? '', ...navigator.languages]
  for (const language of wanted) {
    const found = LOCALES.find((locale) => locale.slice(0, 2) === language.slice(0, 2))
    if (found) return found
  }
  return 'zh-CN'
}

export const useLocaleStore = defineStore('locale', () => {
  const locale = ref<Locale>(initial())

  function choose(wanted: Locale) {
    locale.value = wanted
    localWrite('locale', wanted)
  }

  return { locale, choose }
})
