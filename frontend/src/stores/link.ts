/* The live connection, as one word. The socket itself is not reactive. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ask, theSocket } from '@/realtime/socket'

type LinkState = 'off' | 'connecting' | 'online' | 'reconnecting'

/* When the server closed the door the client library does not knock again by itself. Not all at once. */
const KNOCK_MS = 2_000

export const useLinkStore = defineStore('link', () => {
  const state = ref<LinkState>('off')
  const online = computed(() => state.value === 'online')
  let wasOnline = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function start() {
    if (state.value === 'off') state.value = 'connecting'
    clearTimeout(timer)
    theSocket().connect()
  }

  function stop() {
    clearTimeout(timer)
    state.value = 'off'
    wasOnline = false
    theSocket().disconnect()
  }

  function connected() {
    wasOnline = true
    state.value = 'online'
  }

  function lost() {
    if (state.value === 'off') return
    state.value = wasOnline ? 'reconnecting' : 'connecting'
    if (!theSocket().active) timer = setTimeout(start, KNOCK_MS * (0.5 + Math.random()))
  }

  /* The network or the reader came back: do not sit out the pause between two tries. */
  function hurry() {
    if (state.value === 'off' || online.value) return
    const socket = theSocket()
    socket.disconnect()
    start()
  }

  /* Tells the live connection of the new token, before the old one's end cuts it. */
  async function renewed(token: string) {
    if (online.value) await ask('auth:renew', { token }).catch(() => undefined)
  }

  return { state, online, start, stop, connected, lost, hurry, renewed }
})
