/* The own camera, microphone and screen. Without either, the call goes on all the same. */
import { computed, ref, shallowRef } from 'vue'
import type { CallMedia } from '@/api/models'
import { type DeviceKind, useDevicesStore } from '@/stores/devices'
import { troubleOf, type Trouble } from '@/utils/trouble'

export function useDevices() {
  const kept = useDevicesStore()
  const audio = shallowRef<MediaStreamTrack | null>(null)
  const camera = shallowRef<MediaStreamTrack | null>(null)
  const screen = shallowRef<MediaStreamTrack | null>(null)
  const mic = ref(true)
  const facing = ref<'user' | 'environment'>('user')
  const trouble = ref<{ audio?: Trouble; video?: Trouble }>({})
  const video = computed(() => screen.value ?? camera.value)
  let turn = 0

  async function get(kind: 'audio' | 'video'): Promise<MediaStreamTrack | null> {
    const id = kind === 'audio' ? kept.chosen.microphone : kept.chosen.camera
    const device = id ? { deviceId: { ideal: id } } : {}
    const wanted =
      kind === 'audio'
        ? { audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
        : { video: { ...(id ? device : { facingMode: facing.value }), width: { ideal: 1280 }, height: { ideal: 720 } } }
    const asked = turn
    try {
      const [track] = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks()
      trouble.value = { ...trouble.value, [kind]: undefined }
      if (asked === turn) return track ?? null
      track?.stop()
    } catch (error) {
      trouble.value = { ...trouble.value, [kind]: troubleOf(error) }
    }
    return null
  }

  async function open(media: CallMedia) {
    if (!audio.value) audio.value = await get('audio')
    if (audio.value) audio.value.enabled = mic.value
    if (media === 'video' && !camera.value) camera.value = await get('video')
  }

  async function setMic(on: boolean) {
    mic.value = on
    if (on && !audio.value) audio.value = await get('audio')
    if (audio.value) audio.value.enabled = on
  }

  async function setCamera(on: boolean) {
    camera.value?.stop()
    camera.value = on ? await get('video') : null
  }

  /* The one in use is changed at once; the others of the call get the new one without a new negotiation. */
  async function choose(kind: DeviceKind, id: string) {
    kept.choose(kind, id)
    if (kind === 'camera' && camera.value) await setCamera(true)
    if (kind !== 'microphone' || !audio.value) return
    audio.value.stop()
    audio.value = await get('audio')
    if (audio.value) audio.value.enabled = mic.value
  }

  async function flip() {
    kept.choose('camera', '')
    facing.value = facing.value === 'user' ? 'environment' : 'user'
    if (camera.value) await setCamera(true)
  }

  function unshare() {
    screen.value?.stop()
    screen.value = null
  }

  async function share() {
    if (screen.value) return unshare()
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => null)
    const track = stream?.getVideoTracks()[0] ?? null
    screen.value = track
    track?.addEventListener('ended', unshare)
  }

  function close() {
    turn++
    for (const track of [audio, camera, screen]) {
      track.value?.stop()
      track.value = null
    }
    mic.value = true
  }

  return { audio, camera, screen, video, mic, trouble, open, setMic, setCamera, choose, flip, share, close }
}
