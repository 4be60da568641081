/* The form before a visit: made by the desk, branches, a red flag said at once, kept over a reload, and a card for the doctor. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { Rest } from './rest'
import { expect, freshLogin, test } from './world'

/* The desk asks two questions, the second only of who has a fever. */
async function makeForm(page: Page) {
  await page.goto('/clinic')
  await page.getByRole('link', { name: /诊前问卷.*复诊/ }).click()
  await page.getByRole('button', { name: '增加题目' }).click()
  await page.getByRole('button', { name: '增加题目' }).click()
  const [first, second] = [page.getByTestId('form-question').first(), page.getByTestId('form-question').last()]
  await first.locator('input[name=zh]').fill('您发热吗？')
  await first.locator('input[name=en]').fill('Do you have a fever?')
  await second.locator('input[name=zh]').fill('最高多少度？')
  await second.locator('select[name=kind]').selectOption('number')
  await second.locator('input[name=above]').fill('39.5')
  await second.locator('select[name=after]').selectOption({ label: '您发热吗？' })
  await page.getByRole('button', { name: '保存' }).click()
  await expect(second.getByRole('alert')).toContainText('请填写中英文两种文字')
  await second.locator('input[name=en]').fill('How high?')
  await expect(second.getByRole('alert')).toContainText('它依赖的回答')
  await second.getByRole('group', { name: '仅当回答为' }).getByLabel('是').check()
  const preview = page.locator('section').filter({ hasText: '患者看到的样子' })
  await expect(preview.getByText('最高多少度？')).toHaveCount(0)
  await preview.getByRole('radio', { name: '是' }).check()
  await expect(preview.getByText('最高多少度？')).toBeVisible()
  await check(page, 'the form is made')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page).toHaveURL(/\/clinic$/)
}

test('a patient fills in the form, is told of the emergency number, and the doctor reads it', async ({ people, server }) => {
  const login = freshLogin()
  const [desk, doctor, patient] = await Promise.all([
    Rest.login(server.url, 'desk'),
    Rest.login(server.url, 'doctor1'),
    Rest.register(server.url, login, '温度'),
  ])
  const service = await patient.service(doctor.user.id, '复诊')
  await makeForm(await people.login('desk'))
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

  const treats = await people.login('doctor1')
  await treats.goto('/today')
  const near = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+/, '')
  const moved = (await desk.call('POST', `/appointments/${booked.id}/reschedule`, {
    startAt: near,
    overbook: true,
    reason: 'e2e',
  })) as { appointment: { id: string } }
  const checkedIn = (await patient.call('POST', `/appointments/${moved.appointment.id}/check-in`)) as {
    appointment: { consult: string }
  }
  await expect(treats.getByRole('article').filter({ hasText: '温度' })).toContainText('危险信号')
  await treats.goto(`/consults/${checkedIn.appointment.consult}`)
  const card = treats.locator('[data-card-type=form]')
  await expect(card.locator('.alarms')).toContainText('40.2')
  await check(treats, 'the form as a card')
})
