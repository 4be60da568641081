/* An address for bytes in memory, as long as the component lives. */
import { onScopeDispose, ref, watch } from 'vue'

export function useBlobUrl(blob: () => Blob | null) {
  const url = ref('')

  function drop() {
    if (url.value) URL.revokeObjectURL(url.value)
    url.value = ''
  }

  watch(
    blob,
    (now) => {
      drop()
      if (now) url.value = URL.createObjectURL(now)
    },
    { immediate: true },
  )
  onScopeDispose(drop)
  return url
}
