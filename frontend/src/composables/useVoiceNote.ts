/* A voice note, recorded in the page: its bytes, how long it is, and how loud it was on the way. */
import { computed, onScopeDispose, ref } from 'vue'
import { useDevicesStore } from '@/stores/devices'
import { waveformOf } from '@/utils/files'
import { troubleOf, type Trouble } from '@/utils/trouble'

export interface VoiceNote {
  blob: Blob
  durationMs: number
  waveform: string
}

export type Recording = { kind: 'idle' | 'asking' | 'recording' } | { kind: 'refused'; trouble: Trouble }

export const NOTE_MS_MAX = 300_000
const NOTE_MS_MIN = 500
const EVERY_MS = 100
const BITS = 32_000

/* First what plays everywhere; then what this browser can. */
const TYPES = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

export function useVoiceNote(done: (note: VoiceNote) => void) {
  const devices = useDevicesStore()
  const state = ref<Recording>({ kind: 'idle' })
  const level = ref(0)
  const durationMs = ref(0)
  let levels: number[] = []
  let turn = 0
  let end: (keep: boolean) => void = () => undefined

  function begin(stream: MediaStream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS })
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    const samples = new Float32Array(analyser.fftSize)
    const parts: Blob[] = []
    let kept = false
    context.createMediaStreamSource(stream).connect(analyser)
    levels = []

    const begunAt = performance.now()
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      level.value = Math.min(1, 2 * samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
      levels.push(level.value)
      durationMs.value = performance.now() - begunAt
      if (durationMs.value >= NOTE_MS_MAX) end(true)
    }, EVERY_MS)

    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onstop = () => {
      if (!kept) return
      done({
        blob: new Blob(parts, { type: recorder.mimeType }),
        durationMs: Math.round(durationMs.value),
        waveform: waveformOf(levels),
      })
    }
    end = (keep) => {
      durationMs.value = performance.now() - begunAt
      kept = keep && durationMs.value >= NOTE_MS_MIN
      end = () => undefined
      clearInterval(timer)
      if (recorder.state !== 'inactive') recorder.stop()
      for (const track of stream.getTracks()) track.stop()
      void context.close()
      state.value = { kind: 'idle' }
    }
    // The microphone was taken away: what was said so far is not lost.
    stream.getAudioTracks()[0]?.addEventListener('ended', () => end(true))
    recorder.start(1_000)
    state.value = { kind: 'recording' }
  }

  async function start() {
    if (state.value.kind === 'asking' || state.value.kind === 'recording') return
    const mine = ++turn
    state.value = { kind: 'asking' }
    durationMs.value = 0
    const device = devices.chosen.microphone ? { deviceId: { ideal: devices.chosen.microphone } } : {}
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      })
      if (mine === turn) begin(stream)
      else for (const track of stream.getTracks()) track.stop()
    } catch (error) {
      if (mine === turn) state.value = { kind: 'refused', trouble: troubleOf(error) }
    }
  }

  function finish() {
    end(true)
  }

  function cancel() {
    turn++
    end(false)
    state.value = { kind: 'idle' }
  }

  const recording = computed(() => state.value.kind === 'recording')

  onScopeDispose(cancel)
  return { state, recording, level, durationMs, start, finish, cancel }
}
