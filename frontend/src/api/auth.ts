import { http } from '@/api/http'
import type { components } from '@/api/types'
import type { GuestSession, LoginMethods, Session } from '@/api/models'

/* A form of another site cannot send this header, so it cannot use the refresh cookie. */
const OURS = { 'X-Requested-With': 'consultd' }

export function register(body: components['schemas']['Registration']) {
  return http<Session>('POST', '/api/v1/auth/register', { body, anonymous: true })
}

export function login(body: components['schemas']['Credentials']) {
  return http<Session>('POST', '/api/v1/auth/login', { body, anonymous: true })
}

export function methods() {
  return http<LoginMethods>('GET', '/api/v1/auth/methods', { anonymous: true })
}

/* Where to go to prove anew who one is; the cookie that came along knows the way back. */
export function startIdentity(body: components['schemas']['IdentityStart']) {
  return http<components['schemas']['IdentityGo']>('POST', '/api/v1/me/identities', { body })
}

/* The link of a guest; it lets in once. */
export function enterAsGuest(token: string) {
  return http<GuestSession>('POST', '/api/v1/auth/guest', { body: { token }, anonymous: true })
}

export function refresh() {
  return http<Session>('POST', '/api/v1/auth/refresh', { headers: OURS, anonymous: true })
}

export function logout() {
  return http<undefined>('POST', '/api/v1/auth/logout', { headers: OURS, anonymous: true })
}
