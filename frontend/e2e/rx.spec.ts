/* A pharmacist reviews, by keys too; the patient has the code, and a counter sees whether it is good. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { expect, PASSWORD, test } from './world'

async function pharmacist(page: Page, words: { queue: string }) {
  await page.goto('/login')
  await page.locator('input[name=login]').fill('pharmacist')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await expect(page).toHaveURL(/\/prescriptions$/)
  await expect(page.getByRole('heading', { level: 1, name: words.queue })).toBeVisible()
}

test('on a phone: opened, approved with the password, shown by its code, dispensed', async ({ people }) => {
  const page = await people.newcomer({ viewport: { width: 390, height: 844 } })
  await pharmacist(page, { queue: '处方审核' })
  const row = page.getByRole('link', { name: /李小红.*氨氯地平片/ })
  await expect(row).toBeVisible()
  await check(page, 'queue of prescriptions')
  await row.click()
  const review = page.getByRole('region', { name: '审核' })
  await expect(review.getByTestId('rx-item')).toContainText('每次 5 mg，每日一次，口服，共 14 天')
  await review.getByRole('button', { name: '通过' }).click()
  await check(page, 'review of a prescription')
  await review.locator('input[name=password]').fill('wrong one')
  await review.getByRole('button', { name: '签名通过' }).click()
  await expect(review.getByRole('alert')).toContainText('密码不正确')
  await review.locator('input[name=password]').fill(PASSWORD)
  await review.getByRole('button', { name: '签名通过' }).click()
  await expect(review.getByTestId('rx-card')).toHaveAttribute('data-state', 'approved')

  const patient = await people.login('patient1', { viewport: { width: 390, height: 844 } })
  await patient.goto('/notifications')
  await patient.getByRole('link', { name: /您的处方已可取药/ }).click()
  const card = patient.getByTestId('rx-card')
  await expect(card.getByRole('img', { name: /处方二维码/ })).toBeVisible()
  await check(patient, 'card of a prescription')
  const code = await card.getByRole('link', { name: '取药时出示此码' }).getAttribute('href')

  const counter = await people.newcomer({ locale: 'en' })
  await counter.goto(code ?? '')
  await expect(counter.getByRole('status')).toContainText('Valid')
  await expect(counter.getByTestId('rx-check')).toContainText('李**')
  await expect(counter.getByTestId('rx-item')).toContainText('Amlodipine tablets')
  await check(counter, 'check of a prescription')

  await review.getByRole('button', { name: '已发药' }).click()
  await expect(review.getByTestId('rx-card')).toHaveAttribute('data-state', 'dispensed')
  await expect(card).toHaveAttribute('data-state', 'dispensed')
  await counter.reload()
  await expect(counter.getByRole('status')).toContainText('Do not dispense: Dispensed')
  await counter.goto('/rx#nonsense')
  await expect(counter.getByRole('alert')).toContainText('There is no such prescription')
})
