/* How loud a microphone is, 0 to 1; of a copy of the track, so that it hears when the track is muted. */
import { onScopeDispose, ref, watch } from 'vue'

const EVERY_MS = 100

export function useLevel(track: () => MediaStreamTrack | null) {
  const level = ref(0)
  let stop: () => void = () => undefined

  function listen(source: MediaStreamTrack) {
    const copy = source.clone()
    copy.enabled = true
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    const samples = new Float32Array(analyser.fftSize)
    context.createMediaStreamSource(new MediaStream([copy])).connect(analyser)
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length
      level.value = Math.min(1, Math.sqrt(power) * 4)
    }, EVERY_MS)
    stop = () => {
      clearInterval(timer)
      copy.stop()
      void context.close()
      level.value = 0
    }
  }

  watch(
    track,
    (now) => {
      stop()
      stop = () => undefined
      if (now) listen(now)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop())
  return level
}
