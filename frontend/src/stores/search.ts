/* What was looked for, and found. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import type { SearchHit } from '@/api/models'
import { search } from '@/api/privacy'
import type { Load } from '@/utils/load'

/* So many pages without a hit are turned by themselves: each looks at so many consults only. */
const EMPTY_PAGES_MAX = 5

export const useSearchStore = defineStore('search', () => {
  const asked = ref('')
  const list = shallowRef<SearchHit[]>([])
  const nextCursor = ref<string | null>(null)
  const load = ref<Load>({ kind: 'idle' })

  async function pages(text: string, cursor?: string) {
    let page = await search(text, cursor)
    for (let turned = 0; page.items.length === 0 && page.nextCursor && turned < EMPTY_PAGES_MAX; turned++)
      page = await search(text, page.nextCursor)
    return page
  }

  async function find(text: string) {
    asked.value = text
    load.value = { kind: 'loading' }
    try {
      const page = await pages(text)
      if (asked.value !== text) return
      list.value = page.items
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (asked.value === text) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    const text = asked.value
    if (!nextCursor.value) return
    const page = await pages(text, nextCursor.value)
    if (asked.value !== text) return
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  function clear() {
    asked.value = ''
    list.value = []
    nextCursor.value = null
    load.value = { kind: 'idle' }
  }

  return { asked, list, nextCursor, load, find, more, clear }
})
