/* The clinic's payments, for its desk. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { listPayments } from '@/api/clinic'
import { asApiError } from '@/api/error'
import type { PaymentRow } from '@/api/models'
import type { Load } from '@/utils/load'

export const usePaymentsStore = defineStore('payments', () => {
  const list = shallowRef<PaymentRow[]>([])
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)
  const state = ref<PaymentRow['state']>()

  async function open(wanted?: PaymentRow['state']) {
    state.value = wanted
    load.value = { kind: 'loading' }
    try {
      const page = await listPayments({ state: wanted })
      if (state.value !== wanted) return
      list.value = page.items
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (state.value === wanted) load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    const wanted = state.value
    if (!nextCursor.value) return
    const page = await listPayments({ state: wanted, cursor: nextCursor.value })
    if (state.value !== wanted) return
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  function clear() {
    list.value = []
    load.value = { kind: 'idle' }
    nextCursor.value = null
  }

  return { list, load, nextCursor, open, more, clear }
})
