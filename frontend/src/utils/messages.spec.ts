import { expect, test } from 'vitest'
import { message, mine, participants } from '@/testing/fixtures'
import { firstUnreadSeq, lastContiguousSeq, mergeMessages, tickOf, unreadCount } from '@/utils/messages'

const seqs = (list: { seq: number }[]) => list.map(({ seq }) => seq)

test('merging keeps each seq once, in order, whatever comes when', () => {
  const all = [1, 2, 3, 4, 5].map((seq) => message(seq))
  const orders = [
    [[5], [1, 2], [3, 4]],
    [[1, 2, 3], [2, 3, 4], [5], [5]],
    [[3], [2], [1], [5], [4]],
  ]
  for (const order of orders) {
    const merged = order.reduce(
      (known, part) =>
        mergeMessages(
          known,
          part.map((seq) => message(seq)),
        ),
      [] as typeof all,
    )
    expect(merged).toEqual(all)
  }
})

test('the newer copy of a message stays', () => {
  const recalled = message(1, { text: undefined, recalledAt: '2026-11-24T08:01:00Z' })
  expect(mergeMessages([message(1), message(2)], [recalled])[0]).toEqual(recalled)
})

test('merging does not touch the list it was given', () => {
  const known = Object.freeze([message(1), message(3)])
  expect(seqs(mergeMessages(known, [message(2)]))).toEqual([1, 2, 3])
})

test.each([
  [[], 0],
  [[1, 2, 3], 3],
  [[41, 42, 44], 42],
  [[1, 3], 1],
])('the last seq before a gap of %j is %i', (known, last) => {
  expect(lastContiguousSeq(known.map((seq) => message(seq)))).toBe(last)
})

test.each([
  [{ lastReadSeq: 5, lastDeliveredSeq: 5 }, 'read'],
  [{ lastReadSeq: 4, lastDeliveredSeq: 5 }, 'delivered'],
  [{ lastReadSeq: 4, lastDeliveredSeq: 4 }, 'saved'],
])('message 5 of mine, when the other is at %j, is %s', (other, tick) => {
  expect(tickOf(5, participants(other).slice(1))).toBe(tick)
})

test('only the messages of others are unread', () => {
  const list = [message(1), message(2, mine), message(3, mine), message(4), message(5)]
  expect(firstUnreadSeq(list, 1, mine.sender.id)).toBe(4)
  expect(unreadCount(list, 1, mine.sender.id)).toBe(2)
  expect(firstUnreadSeq(list, 5, mine.sender.id)).toBeNull()
})
