import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

const BASE = '/api/v1/me'

export function getMe() {
  return http<Schemas['MeAnswer']>('GET', BASE)
}

export function listFamily() {
  return http<Schemas['FamilyList']>('GET', `${BASE}/patients`)
}

export function addFamilyMember(body: Schemas['NewFamilyMember'], key: string) {
  return http<Schemas['FamilyMemberAnswer']>('POST', `${BASE}/patients`, {
    body,
    headers: { 'Idempotency-Key': key },
  })
}

export function changeFamilyMember(patient: string, body: Schemas['NewFamilyMember']) {
  return http<Schemas['FamilyMemberAnswer']>('PUT', `${BASE}/patients/${patient}`, { body })
}

export function removeFamilyMember(patient: string) {
  return http<undefined>('DELETE', `${BASE}/patients/${patient}`)
}

export function listNotifications(cursor?: string) {
  return http<Schemas['NotificationList']>('GET', `${BASE}/notifications`, { query: { cursor, limit: 30 } })
}

export function readNotifications(upTo: string) {
  return http<Schemas['UnreadNotifications']>('POST', `${BASE}/notifications/read`, { body: { upTo } })
}

/* The address is said once; the one before it ends. */
export function makeCalendarFeed() {
  return http<Schemas['CalendarFeed']>('POST', '/api/v1/me/calendar-feed')
}

export function removeCalendarFeed() {
  return http<undefined>('DELETE', '/api/v1/me/calendar-feed')
}

export function listQuickReplies() {
  return http<Schemas['QuickReplyList']>('GET', `${BASE}/quick-replies`)
}

/* The list as a whole. */
export function setQuickReplies(body: Schemas['QuickReplyList']) {
  return http<Schemas['QuickReplyList']>('PUT', `${BASE}/quick-replies`, { body })
}
