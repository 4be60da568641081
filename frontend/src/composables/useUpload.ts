/* What was picked, pasted or dropped: looked at and made fit to be sent, shown once more, then sent. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiError, asApiError, type FailureCode } from '@/api/error'
import type { VoiceNote } from '@/composables/useVoiceNote'
import { useUploadsStore } from '@/stores/uploads'
import { newId } from '@/utils/ids'
import { isHeic, photoOf } from '@/utils/photo'

export interface Chosen {
  id: string
  kind: 'image' | 'file'
  name: string
  blob: Blob
  width?: number
  height?: number
}

const AT_ONCE_MAX = 10
const HEAD = 12

async function lookAt(file: File): Promise<Chosen> {
  const about = { id: newId(), name: file.name }
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
  // What the browser can read it may draw, Safari even HEIC.
  const photo = await photoOf(file).catch(() => null)
  if (photo) return { ...about, kind: 'image', ...photo }
  if (isHeic(head)) throw new ApiError('heic')
  if (file.size === 0 || !/pdf$/i.test(file.type || file.name)) throw new ApiError('unsupported-file')
  return { ...about, kind: 'file', blob: file }
}

export function useUpload(consult: () => string) {
  const uploads = useUploadsStore()
  const chosen = shallowRef<Chosen[]>([])
  const refused = ref<{ name: string; code: FailureCode } | null>(null)
  const looking = ref(0)
  let turn = 0

  async function add(files: Iterable<File>) {
    const mine = turn
    refused.value = null
    for (const file of [...files].slice(0, AT_ONCE_MAX - chosen.value.length)) {
      looking.value++
      const seen = await lookAt(file).catch(asApiError)
      looking.value--
      if (mine !== turn) return
      if (seen instanceof ApiError) refused.value = { name: file.name, code: seen.code }
      else chosen.value = [...chosen.value, seen]
    }
  }

  /* Text that is pasted stays text. */
  function pasted(event: ClipboardEvent) {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    void add(files)
  }

  function remove(id: string) {
    chosen.value = chosen.value.filter((one) => one.id !== id)
  }

  /* Of several the first one answers. */
  function send(replyTo?: string) {
    for (const [at, { kind, name, width, height, blob }] of chosen.value.entries())
      void uploads.send({ consult: consult(), kind, name, width, height }, blob, at === 0 ? replyTo : undefined)
    empty()
  }

  function sendNote({ blob, durationMs, waveform }: VoiceNote, replyTo?: string) {
    const ending = blob.type.includes('mp4') ? 'm4a' : blob.type.includes('ogg') ? 'ogg' : 'webm'
    const about = { consult: consult(), kind: 'voice' as const, name: `voice.${ending}` }
    void uploads.send({ ...about, durationMs, waveform: waveform || undefined }, blob, replyTo)
  }

  function empty() {
    turn++
    chosen.value = []
    refused.value = null
  }

  const underWay = computed(() => uploads.of(consult()))

  watch(consult, empty)
  onScopeDispose(empty)
  return { chosen, underWay, refused, looking, add, pasted, remove, send, sendNote }
}
