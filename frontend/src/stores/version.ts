/* Whether the server has a newer page than the one that runs. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { currentIndex } from '@/api/page'
import { entryOf } from '@/utils/version'

const PAUSE_MS = 20_000

export const useVersionStore = defineStore('version', () => {
  const stale = ref(false)
  const running = entryOf(document.documentElement.innerHTML)
  let checkedAt = 0

  async function check() {
    if (running === null || stale.value || Date.now() - checkedAt < PAUSE_MS) return
    checkedAt = Date.now()
    const served = entryOf(await currentIndex().catch(() => ''))
    stale.value = served !== null && served !== running
  }

  return { stale, check }
})
