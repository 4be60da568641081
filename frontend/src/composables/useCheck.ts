/* The connection a call would have: through the relay alone, from this page to itself and back. */
import { ref } from 'vue'
import { nothing } from '@/api/error'
import { useCallStore } from '@/stores/call'

export type Network = { kind: 'idle' | 'busy' | 'none' | 'bad' | 'refused' } | { kind: 'good'; ms: number }

const TRY_MS = 12_000
/* STUN's word for credentials that are wrong or too old. */
const UNAUTHORIZED = 401

class Refused extends Error {}

async function loop(iceServers: RTCIceServer[]): Promise<number> {
  const config: RTCConfiguration = { iceServers, iceTransportPolicy: 'relay' }
  const [near, far] = [new RTCPeerConnection(config), new RTCPeerConnection(config)]
  const channel = near.createDataChannel('check')
  let refused = false
  let relayed = false
  near.onicecandidate = ({ candidate }) => {
    relayed ||= Boolean(candidate?.candidate)
    void far.addIceCandidate(candidate ?? undefined).catch(() => undefined)
  }
  near.onicecandidateerror = ({ errorCode }) => (refused ||= errorCode === UNAUTHORIZED)
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined).catch(() => undefined)
  far.ondatachannel = ({ channel: echo }) => (echo.onmessage = ({ data }) => echo.send(data))
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const echoed = new Promise<number>((resolve, reject) => {
      const fail = () => reject(refused ? new Refused() : new Error('no way through'))
      timer = setTimeout(fail, TRY_MS)
      near.onicegatheringstatechange = () => near.iceGatheringState === 'complete' && !relayed && fail()
      channel.onopen = () => {
        const at = performance.now()
        channel.onmessage = () => resolve(Math.round(performance.now() - at))
        channel.send('?')
      }
    })
    // Awaited only below; a failure on the way there must not go unheard of.
    echoed.catch(() => undefined)
    await near.setLocalDescription()
    if (near.localDescription) await far.setRemoteDescription(near.localDescription)
    await far.setLocalDescription()
    if (far.localDescription) await near.setRemoteDescription(far.localDescription)
    return await echoed
  } finally {
    clearTimeout(timer)
    near.close()
    far.close()
  }
}

export function useCheck(consult: () => string) {
  const store = useCallStore()
  const network = ref<Network>({ kind: 'idle' })

  async function run() {
    network.value = { kind: 'busy' }
    try {
      const iceServers = (await store.iceServers(consult()).catch(nothing))?.iceServers ?? []
      const relays = iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')))
      network.value = relays ? { kind: 'good', ms: await loop(iceServers) } : { kind: 'none' }
    } catch (error) {
      network.value = { kind: error instanceof Refused ? 'refused' : 'bad' }
    }
  }

  return { network, run }
}
