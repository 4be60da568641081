import type { Consult, ConsultListItem, Me } from '@/api/models'

/* Whom the reader talks with. */
export function counterpartName(consult: Consult, me: Me | null): string {
  return me?.id === consult.doctor.id ? consult.patient.name : consult.doctor.name
}

/* Nothing more is said in it. */
export function isOver(consult: Consult): boolean {
  return consult.closedAt !== undefined || consult.state === 'awaiting_signature'
}

function activity(consult: ConsultListItem): string {
  const sent = consult.lastMessage?.sentAt ?? consult.openedAt
  return consult.closedAt && consult.closedAt > sent ? consult.closedAt : sent
}

/* RFC 3339 in UTC sorts as text. */
export function byActivity(a: ConsultListItem, b: ConsultListItem): number {
  const [left, right] = [activity(a), activity(b)]
  if (left === right) return b.id.localeCompare(a.id)
  return left < right ? 1 : -1
}
