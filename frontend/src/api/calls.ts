import { http } from '@/api/http'
import type { Call, IceServers } from '@/api/models'

const BASE = '/api/v1/consultations'

/* The live one first. */
export function listCalls(consult: string) {
  return http<{ items: Call[] }>('GET', `${BASE}/${consult}/calls`)
}

/* What the device check needs to try the relay. */
export function iceServers(consult: string) {
  return http<IceServers>('POST', `${BASE}/${consult}/ice-servers`)
}
