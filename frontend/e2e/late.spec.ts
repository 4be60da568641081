/* Money that comes when the time was given up already. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { hold, phone, pickService, pickSlot, toDoctor, withFees } from './booking'
import { Rest } from './rest'
import { expect, freshLogin } from './world'

const test = withFees('--hold-s', '20')

/* Until the hold is over, and the money on its way. Its time. */
async function payLate(page: Page, n: number, delayS: number): Promise<string> {
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /Skin consultation/)
  const start = await pickSlot(page, n)
  await page.locator('#reason').fill('皮疹')
  await hold(page)
  await page.getByRole('button', { name: '支付 ¥80.00' }).click()
  await page.locator('#delay').fill(String(delayS))
  await page.locator('button[value=late]').click()
  await expect(page).toHaveURL(/\/appointments\/apt_/)
  await expect(page.locator('main [data-status=expired]')).toBeVisible({ timeout: 60_000 })
  return start
}

test('paid after the hold, the time taken: a tap holds another one that was free', async ({ people, server }) => {
  test.setTimeout(120_000)
  const page = await people.register('孟晚', phone)
  const start = await payLate(page, 4, 30)
  const other = await Rest.register(server.url, freshLogin(), '先到')
  const doctor = await other.doctor('Emily Carter')
  const service = await other.service(doctor, 'Skin consultation')
  await other.call('POST', '/appointments', { doctor, service, startAt: start })
  const times = page.getByTestId('instead').getByRole('button')
  await expect(times).toHaveCount(3, { timeout: 60_000 })
  await expect(page.getByTestId('payment')).toContainText('已全额退款', { timeout: 60_000 })
  await check(page, 'paid too late')
  await page.goto('/notifications')
  await expect(times).toHaveCount(3)
  await check(page, 'paid too late, in the notices')
  await times.first().click()
  await expect(page.getByTestId('hold-countdown')).toBeVisible()
  await expect(page.locator('main')).toContainText('孟晚')

  const desk = await people.login('desk', phone)
  await desk.goto('/payments')
  const row = desk.getByRole('listitem').filter({ hasText: '孟晚' })
  await expect(row).toContainText('¥80.00')
  await expect(row).toContainText('已全额退款')
  await desk.getByLabel('状态').selectOption({ label: '已支付' })
  await expect(row).toHaveCount(0)
  await check(desk, 'payments')
  await desk.getByRole('button', { name: '更多' }).click()
  await desk.getByRole('menuitem', { name: '机构' }).click()
  await expect(desk).toHaveURL(/\/clinic$/)
})

test('paid after the hold, the time still free: it is booked, and the pages say so', async ({ people }) => {
  test.setTimeout(120_000)
  const page = await people.register('沈迟', phone)
  await payLate(page, 2, 0)
  await expect(page.getByTestId('payment')).toContainText('已支付', { timeout: 60_000 })
  await page.goto('/')
  await expect(page.getByTestId('next-appointment')).toContainText('Emily Carter')
})
