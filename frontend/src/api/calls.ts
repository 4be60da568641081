import { http } from '@/api/http'
import type { Call, GuestSession, IceServers } from '@/api/models'

const BASE = '/api/v1/consultations'

/* The live one first. */
export function listCalls(consult: string) {
  return http<{ items: Call[] }>('GET', `${BASE}/${consult}/calls`)
}

/* What the device check needs to try the relay. */
export function iceServers(consult: string) {
  return http<IceServers>('POST', `${BASE}/${consult}/ice-servers`)
}

export function inviteGuest(consult: string, name: string, relation: 'relative' | 'interpreter', key: string) {
  return http<{ url: string; expiresAt: string }>('POST', `${BASE}/${consult}/guests`, {
    body: { name, relation },
    headers: { 'Idempotency-Key': key },
  })
}

export function loginGuest(token: string) {
  return http<GuestSession>('POST', '/api/v1/auth/guest', {
    body: { token },
    anonymous: true,
    headers: { 'X-Requested-With': 'consultd' },
  })
}
