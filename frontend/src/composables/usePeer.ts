/* The connection to one other person in a call: perfect negotiation, and ICE restarts until media flow again. */
import { shallowReactive } from 'vue'
import type { CallSelf, CallSignal, CallUser } from '@/api/models'
import type { PeerState } from '@/utils/callBanner'
import { fresh, judge, type Quality } from '@/utils/callQuality'
import { readStats, type Counted, type Reading } from '@/utils/callStats'
import { newId } from '@/utils/ids'

export type Tracks = { audio: MediaStreamTrack | null; video: MediaStreamTrack | null }

interface Options {
  user: CallUser
  /* The polite one gives way when both offer at once, and leaves the first offer to the other. */
  polite: boolean
  video: boolean
  ice: () => RTCIceServer[]
  tracks: () => Tracks
  self: () => Omit<CallSelf, 'page' | 'hello' | 'paused'>
  send: (part: Pick<CallSignal, 'description' | 'candidate' | 'state'>) => void
  online: () => boolean
  changed: (state: 'connected' | 'reconnecting', reading: Reading | null) => void
}

const PAGE = newId()
const DISCONNECTED_MS = 2_000
const FIRST_MS = 10_000
const AGAIN_MS = 5_000
const SAMPLE_MS = 2_000
const silent = { mic: true, cam: true, screen: false, paused: false }

export function usePeer(options: Options) {
  const view = shallowReactive({
    user: options.user,
    stream: null as MediaStream | null,
    state: 'connecting' as PeerState,
    downSince: 0,
    self: silent as Omit<CallSelf, 'page' | 'hello'>,
    quality: fresh as Quality,
    reading: null as Reading | null,
  })
  let pc: RTCPeerConnection | null = null
  let page = ''
  let makingOffer = false
  let ignoreOffer = false
  let answering = false
  let senders: Partial<Record<'audio' | 'video', RTCRtpSender>> = {}
  let counted: Counted = { received: 0, lost: 0 }
  let restartTimer: ReturnType<typeof setTimeout> | undefined
  const sampler = setInterval(() => void sample(), SAMPLE_MS)

  function tellSelf(hello?: 'ask' | 'answer') {
    const paused = view.quality.level === 'audio-only'
    options.send({ state: { page: PAGE, ...(hello ? { hello } : {}), ...options.self(), paused } })
  }

  function attach() {
    if (!pc) return
    const tracks = options.tracks()
    for (const kind of ['audio', 'video'] as const) {
      const track = tracks[kind]
      const sender = senders[kind]
      if (sender) void sender.replaceTrack(track)
      else if (track) senders[kind] = pc.addTrack(track)
      else if (!options.polite && (kind === 'audio' || options.video) && !has(kind))
        pc.addTransceiver(kind, { direction: 'recvonly' })
    }
    carry()
  }

  function has(kind: string): boolean {
    return pc?.getTransceivers().some(({ receiver }) => receiver.track.kind === kind) ?? false
  }

  /* Sound first: what the link cannot carry is not sent. */
  function carry() {
    const parameters = senders.video?.getParameters()
    const active = view.quality.level !== 'audio-only'
    const [encoding] = parameters?.encodings ?? []
    if (!parameters || !encoding || encoding.active === active) return
    encoding.active = active
    void senders.video?.setParameters(parameters).catch(() => undefined)
  }

  /* The other page is a new one: everything begins again. */
  function begin() {
    pc?.close()
    const mine = new RTCPeerConnection({ iceServers: options.ice(), bundlePolicy: 'max-bundle' })
    pc = mine
    senders = {}
    counted = { received: 0, lost: 0 }
    makingOffer = ignoreOffer = answering = false
    view.stream = null
    view.state = 'connecting'
    clearTimeout(restartTimer)
    restartTimer = setTimeout(restart, FIRST_MS)
    mine.onnegotiationneeded = () => void offer(mine)
    mine.onicecandidate = ({ candidate }) => {
      if (candidate && mine === pc) options.send({ candidate: candidate.toJSON() })
    }
    mine.ontrack = () => {
      if (mine === pc) view.stream = new MediaStream(mine.getReceivers().map(({ track }) => track))
    }
    mine.onconnectionstatechange = () => mine === pc && moved(mine.connectionState)
    if (!options.polite) attach()
  }

  async function offer(mine: RTCPeerConnection) {
    makingOffer = true
    try {
      await mine.setLocalDescription()
      if (mine === pc && mine.localDescription) options.send({ description: mine.localDescription })
    } catch {
      /* closed meanwhile, or the other's offer came first */
    } finally {
      makingOffer = false
    }
  }

  async function described(mine: RTCPeerConnection, description: RTCSessionDescriptionInit) {
    const ready = !makingOffer && (mine.signalingState === 'stable' || answering)
    ignoreOffer = !options.polite && description.type === 'offer' && !ready
    if (ignoreOffer) return
    if (description.type === 'answer' && mine.signalingState === 'stable') return

    answering = description.type === 'answer'
    await mine.setRemoteDescription(description).finally(() => (answering = false))
    if (description.type !== 'offer') return
    attach()
    await mine.setLocalDescription()
    if (mine === pc && mine.localDescription) options.send({ description: mine.localDescription })
  }

  function moved(state: RTCPeerConnectionState) {
    clearTimeout(restartTimer)
    if (state === 'connected') {
      view.state = 'connected'
      view.downSince = 0
      void sample().then(() => options.changed('connected', view.reading))
    } else if (state === 'disconnected') restartTimer = setTimeout(restart, DISCONNECTED_MS)
    else if (state === 'failed') restart()
  }

  /* Until it is connected; an offer that nobody answered is said again. */
  function restart() {
    clearTimeout(restartTimer)
    if (!pc || pc.connectionState === 'connected') return
    if (view.state === 'connected') {
      view.state = 'reconnecting'
      view.downSince = Date.now() - DISCONNECTED_MS
      options.changed('reconnecting', view.reading)
    }
    if (options.online()) repair()
    restartTimer = setTimeout(restart, AGAIN_MS)
  }

  function repair() {
    if (!pc) return
    if (pc.signalingState === 'have-local-offer' && pc.localDescription)
      options.send({ description: pc.localDescription })
    // Nothing was agreed yet, and the first offer is the other's.
    else if (pc.getTransceivers().length === 0) tellSelf('ask')
    else {
      pc.setConfiguration({ iceServers: options.ice(), bundlePolicy: 'max-bundle' })
      pc.restartIce()
    }
  }

  async function sample() {
    const mine = pc
    if (!mine || mine.connectionState !== 'connected') return
    const report = await mine.getStats()
    if (mine !== pc) return
    const reading = readStats(report as unknown as Iterable<[string, unknown]>, counted)
    counted = reading.counted
    view.reading = reading
    const before = view.quality.level
    view.quality = judge(view.quality, reading.sample)
    if ((before === 'audio-only') === (view.quality.level === 'audio-only')) return
    carry()
    tellSelf()
  }

  function heardSelf(state: CallSelf) {
    view.self = state
    if (!state.hello) return
    if (page !== state.page) {
      page = state.page
      begin()
    } else if (pc?.connectionState !== 'connected' && view.state !== 'connecting') repair()
    else if (pc?.signalingState === 'have-local-offer') repair()
    if (state.hello === 'ask') tellSelf('answer')
  }

  function take({ description, candidate, state }: CallSignal) {
    if (state) heardSelf(state)
    const mine = pc
    if (!mine) return
    // What does not fit is of a negotiation that is over; the next one has begun already.
    if (description) described(mine, description).catch(() => undefined)
    if (candidate) mine.addIceCandidate(candidate).catch(() => undefined)
  }

  function close() {
    clearInterval(sampler)
    clearTimeout(restartTimer)
    pc?.close()
    pc = null
  }

  return {
    view,
    take,
    attach,
    close,
    tellSelf: () => tellSelf(),
    hello: () => tellSelf('ask'),
    /* The network changed under us. */
    hurry: () => pc && options.online() && repair(),
  }
}
