/* Two tones, a pause, again; made here, so that nothing has to be loaded when it rings. */
import { onScopeDispose } from 'vue'

const EVERY_MS = 2_400

export function useRingSound() {
  let timer: ReturnType<typeof setInterval> | undefined
  let context: AudioContext | null = null

  function tone(hertz: number, after: number) {
    if (!context) return
    const [source, gain] = [context.createOscillator(), context.createGain()]
    const at = context.currentTime + after
    source.frequency.value = hertz
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(0.2, at + 0.03)
    gain.gain.linearRampToValueAtTime(0, at + 0.4)
    source.connect(gain).connect(context.destination)
    source.start(at)
    source.stop(at + 0.4)
  }

  function once() {
    tone(659, 0)
    tone(523, 0.45)
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300])
  }

  function start() {
    stop()
    context = new AudioContext()
    once()
    timer = setInterval(once, EVERY_MS)
  }

  function stop() {
    clearInterval(timer)
    void context?.close()
    context = null
  }

  onScopeDispose(stop)
  return { start, stop, once: () => ((context ??= new AudioContext()), once()) }
}
