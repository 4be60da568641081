/* What stands in the list of messages, from top to bottom. */
import type { Message } from '@/api/models'
import { isSameDay } from '@/utils/time'

export type Row =
  | { kind: 'day'; key: string; date: Date }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; follows: boolean }

const TOGETHER_MS = 5 * 60_000

/* Soon after another of the same sender: name and picture are not said again. */
function followsOn(message: Message, before: Message | undefined): boolean {
  if (!before || before.kind === 'system' || message.kind === 'system') return false
  if (before.sender.id !== message.sender.id) return false
  return Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS
}

export function rowsOf(messages: readonly Message[], unreadFrom: number | null): Row[] {
  const rows: Row[] = []
  let before: Message | undefined

  for (const message of messages) {
    const date = new Date(message.sentAt)
    const newDay = !before || !isSameDay(date, new Date(before.sentAt))
    const unread = message.seq === unreadFrom
    if (newDay) rows.push({ kind: 'day', key: `day-${message.seq}`, date })
    if (unread) rows.push({ kind: 'unread', key: 'unread' })
    rows.push({
      kind: 'message',
      key: message.id,
      message,
      follows: !newDay && !unread && followsOn(message, before),
    })
    before = message
  }
  return rows
}
