/* The one line above a call, the most urgent first. */
import type { Quality } from '@/utils/callQuality'

export type PeerState = 'connecting' | 'connected' | 'reconnecting'

export interface CallSight {
  /* Whether the server can be reached; the media do not need it. */
  online: boolean
  peers: { name: string; state: PeerState; paused: boolean; downMs: number }[]
  level: Quality['level']
  sendsVideo: boolean
  mutedSpeaking: boolean
}

export type Banner =
  | { kind: 'lost' | 'reconnecting'; name: string; seconds: number }
  | { kind: 'paused' | 'weak' | 'signalling' | 'muted' }
  | { kind: 'they-paused'; name: string }

/* Longer than this, and other ways are offered. */
export const LOST_MS = 20_000

export function bannerOf(sight: CallSight): Banner | null {
  const down = [...sight.peers]
    .filter(({ state }) => state === 'reconnecting')
    .sort((a, b) => b.downMs - a.downMs)[0]
  if (down) {
    const kind = down.downMs >= LOST_MS ? 'lost' : 'reconnecting'
    return { kind, name: down.name, seconds: Math.floor(down.downMs / 1_000) }
  }
  if (sight.mutedSpeaking) return { kind: 'muted' }
  if (sight.level === 'audio-only' && sight.sendsVideo) return { kind: 'paused' }
  const paused = sight.peers.find((peer) => peer.paused)
  if (paused) return { kind: 'they-paused', name: paused.name }
  if (!sight.online) return { kind: 'signalling' }
  return sight.level === 'good' ? null : { kind: 'weak' }
}
