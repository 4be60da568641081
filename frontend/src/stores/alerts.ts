/* That somebody wrote: once for each message, in whichever consult. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useConsultsStore } from '@/stores/consults'

export const useAlertsStore = defineStore('alerts', () => {
  const consults = useConsultsStore()
  const written = shallowRef<{ consult: string } | null>(null)
  const heard = new Map<string, number>()

  /* Before the list of consults hears of it. Reading elsewhere changes the count too, but brings nothing new. */
  function unreadChanged(consult: string, lastSeq: number, unread: number) {
    const known = heard.get(consult) ?? consults.get(consult)?.lastSeq ?? 0
    heard.set(consult, Math.max(known, lastSeq))
    if (unread > 0 && lastSeq > known) written.value = { consult }
  }

  function clear() {
    written.value = null
    heard.clear()
  }

  return { written, unreadChanged, clear }
})
