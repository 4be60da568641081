/* Two tones, a pause, again. */
import { onScopeDispose } from 'vue'
import { tone } from '@/utils/tone'

const EVERY_MS = 2_400

export function useRingSound() {
  let timer: ReturnType<typeof setInterval> | undefined
  let context: AudioContext | null = null

  function once() {
    context ??= new AudioContext()
    tone(context, 659, 0, 0.4)
    tone(context, 523, 0.45, 0.4)
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300])
  }

  function start() {
    stop()
    once()
    timer = setInterval(once, EVERY_MS)
  }

  function stop() {
    clearInterval(timer)
    void context?.close()
    context = null
  }

  onScopeDispose(stop)
  return { start, stop, once }
}
