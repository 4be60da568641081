import { expect, test } from 'vitest'
import { message, mine } from '@/testing/fixtures'
import { rowsOf } from '@/utils/rows'

function kinds(rows: ReturnType<typeof rowsOf>) {
  return rows.map((row) =>
    row.kind === 'message' ? `${row.message.seq}${row.follows ? '+' : ''}` : row.kind,
  )
}

test('days and the line of new messages stand between, the same sender goes on', () => {
  const list = [
    message(1, { sentAt: '2026-11-22T04:00:00Z' }),
    message(2, { sentAt: '2026-11-24T04:00:00Z' }),
    message(3, { sentAt: '2026-11-24T04:01:00Z' }),
    message(4, { sentAt: '2026-11-24T04:02:00Z', ...mine }),
    message(5, { sentAt: '2026-11-24T04:20:00Z', ...mine }),
    message(6, { sentAt: '2026-11-24T04:21:00Z', kind: 'system', text: 'consult-finished' }),
    message(7, { sentAt: '2026-11-24T04:21:30Z' }),
  ]
  expect(kinds(rowsOf(list, 3))).toEqual(['day', '1', 'day', '2', 'unread', '3', '4', '5', '6', '7'])
  expect(kinds(rowsOf(list, null))).toEqual(['day', '1', 'day', '2', '3+', '4', '5', '6', '7'])
})

test('keys do not repeat', () => {
  const keys = rowsOf(
    [1, 2, 3].map((seq) => message(seq)),
    2,
  ).map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})
