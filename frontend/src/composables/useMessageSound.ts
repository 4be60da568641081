/* Two short tones, upwards: not to be taken for the ring. */
import { onScopeDispose } from 'vue'
import { tone } from '@/utils/tone'

export function useMessageSound() {
  let context: AudioContext | null = null

  function once() {
    context ??= new AudioContext()
    void context.resume()
    tone(context, 784, 0, 0.14)
    tone(context, 1047, 0.12, 0.2)
  }

  onScopeDispose(() => void context?.close())
  return once
}
