/* v-model for a field of the record. */
import { computed } from 'vue'
import { useRecordStore } from '@/stores/record'
import type { Field, Sheet } from '@/utils/record'

export function useRecordField<F extends Field>(consult: () => string, field: F) {
  const store = useRecordStore()
  return computed<Sheet[F] | undefined>({
    get: () => store.of(consult())?.mine[field],
    set: (value) => value !== undefined && store.edit(consult(), field, value),
  })
}
