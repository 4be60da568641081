import { http } from '@/api/http'
import type { Call, GuestLink, IceServers, NewGuest } from '@/api/models'

const BASE = '/api/v1/consultations'

/* The live one first. */
export function listCalls(consult: string) {
  return http<{ items: Call[] }>('GET', `${BASE}/${consult}/calls`)
}

/* What the device check needs to try the relay. */
export function iceServers(consult: string) {
  return http<IceServers>('POST', `${BASE}/${consult}/ice-servers`)
}

/* A link that lets one person into this consult's calls, once. */
export function inviteGuest(consult: string, body: NewGuest) {
  return http<GuestLink>('POST', `${BASE}/${consult}/guests`, { body })
}
