import { expect, test } from 'vitest'
import { bannerOf, type CallSight } from '@/utils/callBanner'

const peer = { name: '李敏', state: 'connected' as const, paused: false, downMs: 0 }
const calm: CallSight = { online: true, peers: [peer], level: 'good', sendsVideo: true, mutedSpeaking: false }

test.each<[string, Partial<CallSight>, unknown]>([
  ['nothing is wrong', {}, null],
  ['it has only begun', { peers: [{ ...peer, state: 'connecting' }] }, null],
  ['the link is weak', { level: 'weak' }, { kind: 'weak' }],
  ['the picture stopped for the sound', { level: 'audio-only' }, { kind: 'paused' }],
  ['there was no picture to stop', { level: 'audio-only', sendsVideo: false }, { kind: 'weak' }],
  ['the other one stopped his', { peers: [{ ...peer, paused: true }] }, { kind: 'they-paused', name: '李敏' }],
  ['only the server is away', { online: false }, { kind: 'signalling' }],
  ['he speaks and nobody hears it', { mutedSpeaking: true, level: 'weak' }, { kind: 'muted' }],
  [
    'one of them is gone for a moment',
    { mutedSpeaking: true, peers: [peer, { ...peer, name: '王', state: 'reconnecting', downMs: 12_900 }] },
    { kind: 'reconnecting', name: '王', seconds: 12 },
  ],
  [
    'one of them is gone for long',
    { peers: [{ ...peer, state: 'reconnecting', downMs: 20_000 }] },
    { kind: 'lost', name: '李敏', seconds: 20 },
  ],
])('%s', (_, sight, banner) => expect(bannerOf({ ...calm, ...sight })).toEqual(banner))
