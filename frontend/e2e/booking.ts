/* The steps of a booking, and a server whose fees are paid. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { Consultd } from './consultd'
import { expect, test } from './world'

export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
}

export function withFees(...options: string[]) {
  return test.extend<object, { server: Consultd }>({
    server: [
      async ({}, use) => {
        const server = new Consultd(['--payment-provider', 'sandbox', ...options])
        await server.start()
        await use(server)
        await server.stop()
      },
      { scope: 'worker', timeout: 60_000 },
    ],
  })
}

/* To the doctor's page, by the list. */
export async function toDoctor(page: Page, doctorName: string) {
  await page.goto('/doctors')
  await page.getByRole('article').filter({ hasText: doctorName }).getByRole('link', { name: /^(预约|Book)/ }).click()
  await expect(page.locator('.slot').first()).toBeVisible()
}

export async function pickService(page: Page, name: RegExp) {
  const radio = page.getByRole('radio', { name })
  if (!(await radio.isChecked())) {
    const slots = page.waitForResponse((answer) => answer.url().includes('/slots?'))
    await radio.check()
    await slots
  }
  await expect(page.locator('.slot').first()).toBeVisible()
}

/* The last day of the week: whatever the hour is now, it is all there. Its n-th time. */
export async function pickSlot(page: Page, n: number): Promise<string> {
  await page.locator('.day').last().click()
  const slot = page.locator('.slot').nth(n)
  const start = await slot.getAttribute('data-start')
  await slot.click()
  await expect(page.locator('#reason')).toBeVisible()
  return start ?? ''
}

/* To what is asked for, if anything is. */
export async function agree(page: Page) {
  await expect(page.locator('form[aria-busy=false]')).toBeVisible()
  const box = page.locator('input[name=agreed]')
  if (await box.count()) await box.check()
}

export async function hold(page: Page) {
  await agree(page)
  await page.locator('button[type=submit]').dblclick()
}
