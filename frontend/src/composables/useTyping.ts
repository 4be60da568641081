/* Tells the others that I write: again every 3 s while I do, and when I stop. */
import { onScopeDispose } from 'vue'
import { useTypingStore } from '@/stores/typing'

const AGAIN_MS = 3_000
const IDLE_MS = 4_000

export function useTyping(consult: () => string) {
  const typing = useTypingStore()
  let saidAt = 0
  let saidIn = ''
  let idle: ReturnType<typeof setTimeout> | undefined

  function stop() {
    clearTimeout(idle)
    if (saidAt !== 0) typing.say(saidIn, false)
    saidAt = 0
  }

  function wrote(text: string) {
    if (text === '') return stop()
    if (saidIn !== consult()) stop()
    clearTimeout(idle)
    idle = setTimeout(stop, IDLE_MS)
    if (Date.now() - saidAt < AGAIN_MS) return
    saidAt = Date.now()
    saidIn = consult()
    typing.say(saidIn, true)
  }

  onScopeDispose(stop)
  return { wrote, stop }
}
