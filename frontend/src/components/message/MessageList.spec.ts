import { screen, waitFor, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import MessageList from '@/components/message/MessageList.vue'
import { consult, message, mine, participants, patient } from '@/testing/fixtures'
import { show } from '@/testing/harness'

const base = {
  messages: [message(1), message(2, mine), message(3, mine), message(4, mine)],
  pending: [],
  others: participants({ lastReadSeq: 2, lastDeliveredSeq: 3 }).slice(1),
  me: patient.id,
  unreadFrom: null,
  lastReadSeq: 1,
  older: { kind: 'idle' },
}
const entry = { clientId: 'client-9', user: patient.id, consult: consult.id, text: '在路上', writtenAt: 0 }

function ticks() {
  return [...document.querySelectorAll('[data-tick]')].map((tick) => tick.getAttribute('data-tick'))
}

beforeEach(() => setActivePinia(createPinia()))

test("each message of mine tells how far it got, others' do not", () => {
  show(MessageList, base)
  expect(ticks()).toEqual(['read', 'delivered', 'saved'])
  expect(screen.getByText('已读')).toBeVisible()
  expect(screen.getByTitle('已送达')).toBeInTheDocument()
})

test('the same in English', () => {
  show(MessageList, base, 'en')
  expect(screen.getByText('Read')).toBeVisible()
  expect(screen.getByTitle('Delivered')).toBeInTheDocument()
})

test('what waits has a clock, what failed says why and offers a way out', async () => {
  const { emitted } = show(MessageList, {
    ...base,
    messages: [],
    pending: [entry, { ...entry, clientId: 'client-10', failed: 'conflict' }],
  })
  expect(ticks()).toEqual(['waiting', 'failed'])
  const alert = screen.getByRole('alert')
  expect(alert).toHaveTextContent('问诊已经结束，不能再发送消息。')
  await userEvent.click(within(alert).getByRole('button', { name: '重新发送' }))
  await userEvent.click(within(alert).getByRole('button', { name: '删除' }))
  expect(emitted()).toMatchObject({ retry: [['client-10']], drop: [['client-10']] })
})

test('the line of new messages stands before the first of them', () => {
  show(MessageList, { ...base, messages: [message(1), message(2), message(3)], unreadFrom: 2 })
  expect(document.querySelector('[data-unread] + [data-seq="2"]')).not.toBeNull()
})

test('earlier messages are offered while there are some', async () => {
  const { emitted, rerender } = show(MessageList, { ...base, messages: [message(41)] })
  await userEvent.click(screen.getByRole('button', { name: '加载更早的消息' }))
  expect(emitted()['older']).toHaveLength(1)
  await rerender({ messages: [message(1)] })
  expect(screen.queryByRole('button', { name: '加载更早的消息' })).toBeNull()
  expect(screen.getByText('这是问诊的开始')).toBeVisible()
})

test("text is shown as text, and what the system says in the reader's language", () => {
  const markup = '<img src=x onerror=alert(1)>'
  const said = message(2, { kind: 'system', text: 'consult-accepted' })
  show(MessageList, { ...base, messages: [message(1, { text: markup }), said] })
  expect(screen.getByText(markup)).toBeVisible()
  expect(document.querySelector('img')).toBeNull()
  expect(screen.getByText(/李敏 已接诊/)).toBeVisible()
})

test('a recalled message is a tombstone', () => {
  show(MessageList, {
    ...base,
    messages: [message(1, { text: undefined, recalledAt: '2026-11-24T09:00:00Z' })],
  })
  expect(screen.getByText('消息已撤回')).toBeVisible()
})

test('what a search found is asked for until it is there, then shown', async () => {
  Element.prototype.scrollIntoView = () => undefined
  const { emitted, rerender } = show(MessageList, { ...base, messages: [message(41), message(42)], jumpTo: 3 })
  expect(emitted()['older']).toHaveLength(1)
  await rerender({ messages: [message(2), message(3), message(41), message(42)] })
  expect(document.querySelector('.found')).toHaveAttribute('data-seq', '3')
  await waitFor(() => expect(document.activeElement).toHaveAttribute('data-seq', '3'))
  expect(emitted()['older']).toHaveLength(1)
})
