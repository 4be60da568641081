/* Money that comes when the time was given up already. */
import { hold, phone, pickService, pickSlot, toDoctor, withFees } from './booking'
import { expect } from './world'

const test = withFees('--hold-s', '20')

test('paid after the hold, the time still free: it is booked, and the pages say so', async ({ people }) => {
  test.setTimeout(120_000)
  const page = await people.register('沈迟', phone)
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /Skin consultation/)
  await pickSlot(page, 2)
  await hold(page)
  await page.getByRole('button', { name: '支付 ¥80.00' }).click()
  await page.locator('button[value=late]').click()
  await expect(page).toHaveURL(/\/appointments\/apt_/)
  await expect(page.locator('main [data-status=expired]')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('payment')).toContainText('已支付', { timeout: 60_000 })
  await page.goto('/')
  await expect(page.getByTestId('next-appointment')).toContainText('Emily Carter')
})
