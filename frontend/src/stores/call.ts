/* The calls the reader knows of, and the leg this page holds. The media are useCall's. */
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import * as api from '@/api/calls'
import { isTransient } from '@/api/error'
import type { Call, CallJoined, CallMedia, CallSignal, CallUser } from '@/api/models'
import type { CallReport } from '@/realtime/events'
import { ask, tell } from '@/realtime/socket'
import { tabRead, tabWrite } from '@/storage/tab'
import { useDevicesStore } from '@/stores/devices'
import { useSessionStore } from '@/stores/session'

export interface Place {
  consult: string
  call: string
  leg: string
  iceServers: RTCIceServer[]
}

export interface Resumable {
  consult: string
  call: string
  video: boolean
}

/* Why this page is not in a call any more, when the reader did not leave it himself. */
export type Over = { consult: string; reason: NonNullable<Call['endReason']> | 'moved' }

const KEY = 'call'
const REBIND_MS = 2_000
const CATCH_UP_MAX = 3

function remembered(): Resumable | null {
  try {
    return JSON.parse(tabRead(KEY) ?? 'null') as Resumable | null
  } catch {
    return null
  }
}

export const useCallStore = defineStore('call', () => {
  const session = useSessionStore()
  const devices = useDevicesStore()
  const calls = shallowReactive(new Map<string, Call>())
  const ringing = shallowRef<{ call: Call; from: CallUser } | null>(null)
  const mine = shallowRef<Place | null>(null)
  const over = ref<Over | null>(null)
  /* This tab was in a call before it was reloaded. */
  const resumable = shallowRef<Resumable | null>(remembered())
  /* The server has calls. */
  const offered = ref(false)
  const signals = new Set<(signal: CallSignal) => void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const call = computed(() => (mine.value ? calls.get(mine.value.consult) : undefined))
  const others = computed(() =>
    (call.value?.legs ?? []).filter(({ leftAt, user }) => !leftAt && user.id !== session.user?.id),
  )

  function live(consult: string): Call | undefined {
    const known = calls.get(consult)
    return known && known.state !== 'ended' ? known : undefined
  }

  /* I am in this call, but not here. */
  function elsewhere(consult: string): boolean {
    if (mine.value?.consult === consult) return false
    return (live(consult)?.legs ?? []).some(({ leftAt, user }) => !leftAt && user.id === session.user?.id)
  }

  function remember(video: boolean) {
    if (mine.value) tabWrite(KEY, JSON.stringify({ consult: mine.value.consult, call: mine.value.call, video }))
  }

  function joined(consult: string, answer: CallJoined) {
    calls.set(consult, answer.call)
    if (!answer.leg) {
      over.value = { consult, reason: answer.call.endReason ?? 'busy' }
      return
    }
    mine.value = { consult, call: answer.call.id, leg: answer.leg, iceServers: answer.iceServers }
    if (ringing.value?.call.id === answer.call.id) ringing.value = null
    over.value = null
    resumable.value = null
  }

  async function invite(consult: string, media: CallMedia) {
    joined(consult, await ask('call:invite', { consult, media, device: devices.id }))
  }

  /* Without an id: the one that is going on. */
  async function accept(consult: string, id?: string) {
    joined(consult, await ask('call:accept', { consult, call: id, device: devices.id }))
  }

  async function decline() {
    const declined = ringing.value
    ringing.value = null
    if (declined) await ask('call:decline', { consult: declined.call.consult, call: declined.call.id })
  }

  function forget(reason?: Over['reason']) {
    clearTimeout(timer)
    tabWrite(KEY, null)
    resumable.value = null
    if (mine.value && reason) over.value = { consult: mine.value.consult, reason }
    mine.value = null
  }

  async function leave() {
    const left = mine.value
    forget()
    if (left) await ask('call:leave', { consult: left.consult, call: left.call }).catch(() => undefined)
  }

  /* After a gap: the server has to know this socket for the leg. The media went on meanwhile. */
  async function rebind() {
    clearTimeout(timer)
    const held = mine.value
    if (!held) return
    try {
      const answer = await ask('call:accept', { consult: held.consult, call: held.call, device: devices.id })
      if (mine.value?.call === held.call) joined(held.consult, answer)
    } catch (error) {
      if (isTransient(error)) timer = setTimeout(() => void rebind(), REBIND_MS)
      else forget('failed')
    }
  }

  async function refresh(consult: string) {
    const [newest] = (await api.listCalls(consult)).items
    offered.value = true
    if (!newest) return
    changed(newest)
    const from = newest.legs.find(({ user }) => user.id === newest.by)?.user
    if (from && from.id !== session.user?.id) rings(newest, from)
  }

  function changed(next: Call) {
    calls.set(next.consult, next)
    if (next.state !== 'ended') return
    if (ringing.value?.call.id === next.id) ringing.value = null
    if (mine.value?.call === next.id) forget(next.endReason ?? 'hangup')
    if (resumable.value?.call === next.id) forget()
  }

  function rings(next: Call, from: CallUser) {
    if (!mine.value && next.state === 'ringing') ringing.value = { call: next, from }
  }

  function invited(next: Call, from: CallUser) {
    changed(next)
    rings(next, from)
  }

  /* It may ring since before this page was there to hear it. */
  function catchUp(consults: string[]) {
    for (const consult of consults.slice(0, CATCH_UP_MAX)) refresh(consult).catch(() => undefined)
  }

  function answeredElsewhere(id: string, reason: 'accepted' | 'declined' | 'moved') {
    if (ringing.value?.call.id === id) ringing.value = null
    if (mine.value?.call === id && reason === 'moved') forget('moved')
  }

  function heard(signal: CallSignal) {
    if (signal.call === mine.value?.call) for (const take of signals) take(signal)
  }

  function signal(to: string, part: Pick<CallSignal, 'description' | 'candidate' | 'state'>) {
    if (!mine.value) return
    const { consult, call: id, leg } = mine.value
    tell('call:signal', { consult, call: id, from: leg, to, ...part }, true)
  }

  function report(what: Omit<CallReport, 'consult' | 'call' | 'leg'>) {
    if (!mine.value) return
    const { consult, call: id, leg } = mine.value
    ask('call:report', { consult, call: id, leg, ...what }).catch(() => undefined)
  }

  function clear() {
    forget()
    calls.clear()
    ringing.value = null
    over.value = null
  }

  return {
    calls, offered, ringing, mine, over, resumable, call, others, signals, live, elsewhere, remember, invite, accept,
    decline, leave, forget, rebind, refresh, catchUp, changed, invited, answeredElsewhere, heard, signal, report, clear,
    log: (consult: string) => api.listCalls(consult).then(({ items }) => items),
    iceServers: api.iceServers,
    inviteGuest: api.inviteGuest,
  }
})
