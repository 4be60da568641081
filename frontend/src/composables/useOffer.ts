/* A doctor and what he offers, while a page shows it. */
import { computed, ref, watch } from 'vue'
import { asApiError } from '@/api/error'
import { useSlotsStore } from '@/stores/slots'
import type { Load } from '@/utils/load'

export function useOffer(doctor: () => string) {
  const store = useSlotsStore()
  const load = ref<Load>({ kind: 'loading' })
  const offer = computed(() => store.offers.get(doctor()))

  async function refresh() {
    if (!offer.value) load.value = { kind: 'loading' }
    try {
      await store.offer(doctor())
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  watch(doctor, refresh, { immediate: true })
  return { load, offer, refresh }
}
