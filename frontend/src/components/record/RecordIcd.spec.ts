import { fireEvent, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import type { IcdCode } from '@/api/models'
import RecordIcd from '@/components/record/RecordIcd.vue'
import { fakeSocket } from '@/testing/fakeSocket'
import { doctor } from '@/testing/fixtures'
import { answerFetch, show, startPage } from '@/testing/harness'

const code = (id: string, zh: string, en: string): IcdCode => ({ system: 'ICD-10', version: '2019', code: id, label: { zh, en } })
const found = [code('J00', '急性鼻咽炎', 'Common cold'), code('J20', '急性支气管炎', 'Acute bronchitis')]

beforeEach(() => {
  fakeSocket.reset()
  startPage(doctor)
})

test('a proposal is found by typing and taken by keys; the next one begins anew', async () => {
  const fetched = answerFetch({ 'GET /api/v1/icd': { body: { items: found } } })
  const chosen = vi.fn()
  show(RecordIcd, { onChoose: chosen })
  const field = screen.getByRole('combobox', { name: '添加诊断' })
  const user = userEvent.setup()
  await user.type(field, 'jx')
  await screen.findAllByRole('option')
  expect(fetched.mock.calls.filter(([address]) => address.includes('/icd'))).toHaveLength(1)
  expect(field.getAttribute('aria-activedescendant')).toBe('icd-search-0')
  await user.keyboard('{ArrowDown}{Enter}')
  expect(chosen.mock.calls).toEqual([[found[1]]])
  expect((field as HTMLInputElement).value).toBe('')
  expect(field.getAttribute('aria-expanded')).toBe('false')
})

test('what an input method composes is not a choice', async () => {
  answerFetch({ 'GET /api/v1/icd': { body: { items: found } } })
  const chosen = vi.fn()
  show(RecordIcd, { onChoose: chosen })
  const field = screen.getByRole('combobox', { name: '添加诊断' })
  await userEvent.type(field, 'ji')
  await screen.findAllByRole('option')
  await fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  expect(chosen).not.toHaveBeenCalled()
  await userEvent.keyboard('{Escape}')
  expect(field.getAttribute('aria-expanded')).toBe('false')
})

test('nothing found is said', async () => {
  answerFetch({ 'GET /api/v1/icd': { body: { items: [] } } })
  show(RecordIcd)
  await userEvent.type(screen.getByRole('combobox', { name: '添加诊断' }), 'zzz')
  expect(await screen.findByText('没有找到，换个词试试')).toBeTruthy()
})
