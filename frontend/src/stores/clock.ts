/* The server's clock. Countdowns go by it: the clock of a phone may be minutes off. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { getMe } from '@/api/me'

export const useClockStore = defineStore('clock', () => {
  /* The server's time minus this machine's. */
  const offsetMs = ref(0)

  function heard(serverNow: string, sentAt = Date.now()) {
    offsetMs.value = Date.parse(serverNow) - (sentAt + Date.now()) / 2
  }

  function now(): number {
    return Date.now() + offsetMs.value
  }

  async function sync() {
    const sentAt = Date.now()
    const answer = await getMe().catch(() => null)
    if (answer) heard(answer.now, sentAt)
  }

  return { offsetMs, heard, now, sync }
})
