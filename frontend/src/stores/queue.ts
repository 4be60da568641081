/* The waiting room: the reader's place in each line he stands in. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { getQueue } from '@/api/consults'
import type { Queue, QueueChange } from '@/api/models'

export const useQueueStore = defineStore('queue', () => {
  const byConsult = shallowRef(new Map<string, Queue>())

  function put(consult: string, queue: Queue) {
    byConsult.value = new Map(byConsult.value).set(consult, queue)
  }

  async function refresh(consult: string) {
    put(consult, await getQueue(consult))
  }

  function changed(change: QueueChange) {
    if (!('consult' in change)) return
    const known = byConsult.value.get(change.consult)
    if (known) put(change.consult, { ...known, ...change })
  }

  /* What was said while the line was cut is asked for. */
  function rejoin() {
    for (const consult of byConsult.value.keys()) void refresh(consult).catch(() => undefined)
  }

  function clear() {
    byConsult.value = new Map()
  }

  return { get: (consult: string) => byConsult.value.get(consult), refresh, changed, rejoin, clear }
})
