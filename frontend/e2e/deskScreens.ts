/* Pictures of the pages of doctors and staff; called by screenshots.spec.ts. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { expect, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

async function hours(page: Page, take: Take) {
  await page.goto('/hours')
  await expect(page.locator('.rule').first()).toBeVisible()
  await take(page, '40-hours')
  await page.locator('.rule').first().click()
  await page.getByRole('dialog').locator('input[name=end]').fill('08:00')
  await page.getByRole('dialog').locator('button[type=submit]').click()
  await expect(page.getByRole('alert')).toBeVisible()
  await take(page, '41-hours-rule')
}

export async function deskScreens(people: People, here: BrowserContextOptions, take: Take) {
  const doctor = await people.login('doctor1', here)
  await hours(doctor, take)

  const staff = await people.login('desk', here)
  await staff.goto('/hours')
  await staff.locator('input[name=why-time]').fill('13:00')
  await staff.locator('.desk-form button[type=submit]').click()
  await expect(staff.getByRole('alert')).toBeVisible()
  await take(staff, '42-why')
}
