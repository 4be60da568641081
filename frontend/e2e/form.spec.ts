/* The form before a visit: branches, a red flag said at once, kept over a reload, and a card for the doctor. */
import { check } from './axe'
import { Rest } from './rest'
import { expect, freshLogin, test } from './world'

const both = (zh: string, en: string) => ({ zh, en })
const questions = [
  { id: 'fever', text: both('您发热吗？', 'Do you have a fever?'), kind: 'yesno', isRequired: true },
  {
    id: 'high',
    text: both('最高多少度？', 'How high?'),
    kind: 'number',
    isRequired: true,
    showIf: { question: 'fever', in: ['yes'] },
    redFlag: { above: 39.5 },
  },
]

test('a patient fills in the form, is told of the emergency number, and the doctor reads it', async ({ people, server }) => {
  const login = freshLogin()
  const [desk, doctor, patient] = await Promise.all([
    Rest.login(server.url, 'desk'),
    Rest.login(server.url, 'doctor1'),
    Rest.register(server.url, login, '温度'),
  ])
  const service = await patient.service(doctor.user.id, '复诊')
  const { version } = await desk.call('GET', `/services/${service}/form`)
  await desk.call('PUT', `/services/${service}/form`, { questions }, { 'If-Match': `"${String(version)}"` })
  const [startAt = ''] = (await patient.slots(doctor.user.id, service, new Date(Date.now() + 86_400_000))).slice(-1)
  const booked = await patient.book(doctor.user.id, service, startAt)

  const page = await people.login(login)
  await page.goto(`/appointments/${booked.id}`)
  await expect(page.getByText('最高多少度？')).toBeHidden()
  await page.getByRole('radio', { name: '是' }).check()
  await page.getByLabel('最高多少度？').fill('40.2')
  await page.getByLabel('最高多少度？').blur()
  await expect(page.getByTestId('red-flag').getByRole('link')).toHaveAttribute('href', 'tel:120')
  await expect(page.getByText('已填完，就诊前仍可修改。')).toBeVisible()
  await check(page, 'the form before a visit')
  await page.reload()
  await expect(page.getByLabel('最高多少度？')).toHaveValue('40.2')
  await page.getByRole('radio', { name: '否' }).check()
  await expect(page.getByTestId('red-flag')).toBeHidden()
  await page.getByRole('radio', { name: '是' }).check()
  await expect(page.getByTestId('red-flag')).toBeVisible()

  const near = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+/, '')
  const moved = (await desk.call('POST', `/appointments/${booked.id}/reschedule`, {
    startAt: near,
    overbook: true,
    reason: 'e2e',
  })) as { appointment: { id: string } }
  const checkedIn = (await patient.call('POST', `/appointments/${moved.appointment.id}/check-in`)) as {
    appointment: { consult: string }
  }
  const treats = await people.login('doctor1')
  await treats.goto(`/consults/${checkedIn.appointment.consult}`)
  const card = treats.locator('[data-card-type=form]')
  await expect(card.locator('.alarms')).toContainText('40.2')
  await check(treats, 'the form as a card')
})
