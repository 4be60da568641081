/* A no-show is disputed by the patient for a day, and decided by the desk. */
import { fireEvent, screen } from '@testing-library/vue'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Appointment, Me } from '@/api/models'
import AppointmentDispute from '@/components/appointment/AppointmentDispute.vue'
import { appointment, patient } from '@/testing/fixtures'
import { answerFetch, settle, show, startPage } from '@/testing/harness'

const missed: Appointment = { ...appointment, status: 'noshow_patient', version: 4 }
const history = [{ to: 'noshow_patient' as const, changedAt: '2026-11-26T01:15:00Z', version: 4 }]
const dispute = { reason: '我在候诊室', at: '2026-11-26T02:00:00Z' }
const staff: Me = { ...patient, id: 'usr_staff', role: 'staff' }
const asked = vi.fn()

function open(user: Me, one: Appointment) {
  const answer = ({ body }: { body: unknown }) => {
    asked(body)
    return { body: { appointment: one } }
  }
  answerFetch({
    [`POST /api/v1/appointments/${one.id}/dispute`]: answer,
    [`POST /api/v1/appointments/${one.id}/dispute/decide`]: answer,
  })
  startPage(user)
  show(AppointmentDispute, { appointment: one, history })
}

beforeEach(() => {
  asked.mockClear()
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime('2026-11-26T03:00:00Z')
})

test('the patient says what happened', async () => {
  open(patient, missed)
  expect(screen.getByRole('button', { name: '提出异议' })).toBeDisabled()
  await fireEvent.update(screen.getByRole('textbox'), ' 我在候诊室 ')
  await fireEvent.click(screen.getByRole('button', { name: '提出异议' }))
  await settle()
  expect(asked).toHaveBeenCalledWith({ reason: '我在候诊室' })
})

test('a day later there is nothing to say', () => {
  vi.setSystemTime('2026-11-27T01:15:00Z')
  open(patient, missed)
  expect(screen.queryByTestId('dispute')).toBeNull()
})

test.each([
  ['退还扣除的费用', { decision: 'waived', note: '核对了记录' }],
  ['维持扣费', { decision: 'kept', note: '核对了记录' }],
])('the desk decides: %s', async (name, body) => {
  open(staff, { ...missed, dispute })
  expect(screen.getByText('我在候诊室')).toBeVisible()
  await fireEvent.update(screen.getByRole('textbox'), '核对了记录')
  await fireEvent.click(screen.getByRole('button', { name }))
  await settle()
  expect(asked).toHaveBeenCalledWith(body)
})

test('what was decided is read by both, and decided once', () => {
  const decided = { ...dispute, decision: 'waived' as const, note: '核对了记录', decidedAt: dispute.at }
  open(staff, { ...missed, dispute: decided })
  expect(screen.getByTestId('dispute')).toHaveTextContent('核对了记录')
  expect(screen.queryByRole('button')).toBeNull()
})
