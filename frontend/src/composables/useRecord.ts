/* The record of a consult while its doctor has it open: read when it may be, saved when he looks away. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import type { ConsultState } from '@/api/models'
import { useRecordStore } from '@/stores/record'

const WRITTEN = new Set<ConsultState | undefined>(['active', 'paused', 'awaiting_signature', 'closed'])

export function useRecord(consult: () => string, state: () => ConsultState | undefined, mine: () => boolean) {
  const store = useRecordStore()
  const offered = computed(() => mine() && WRITTEN.has(state()))
  const record = computed(() => store.of(consult()))
  /* The consult whose signed record is being corrected. */
  const amending = ref('')
  const signed = computed(() => state() === 'closed')
  /* What is signed is not written in by mistake; what was begun goes on. */
  const locked = computed(() => signed.value && amending.value !== consult() && store.isSaved(consult()))

  watch(
    () => offered.value && consult(),
    (now) => {
      void store.flush()
      if (now) void store.open(now)
    },
    { immediate: true },
  )

  const look = () => document.visibilityState === 'hidden' && void store.flush()
  document.addEventListener('visibilitychange', look)
  addEventListener('pagehide', store.flush)
  onScopeDispose(() => {
    void store.flush()
    document.removeEventListener('visibilitychange', look)
    removeEventListener('pagehide', store.flush)
  })

  return { offered, record, signed, locked, amend: (on: boolean) => (amending.value = on ? consult() : '') }
}
