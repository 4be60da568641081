/* axe-core on every page and in its states. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { conversation, expect, nameOf, say, test } from './world'

async function check(page: Page, where: string) {
  // What is still fading in has not its colours yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  )
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const found = violations.map(
    ({ id, impact, nodes }) => `${where}: ${impact} ${id} ${nodes.map((node) => node.html).join(' ')}`,
  )
  expect(found).toEqual([])
}

for (const locale of ['zh-CN', 'en']) {
  test(`the open pages, ${locale}`, async ({ people }) => {
    const page = await people.newcomer({ locale })
    await page.goto('/login')
    await expect(page.locator('form')).toBeVisible()
    await check(page, 'login')
    await page.goto('/register')
    await page.locator('button[type=submit]').click()
    await expect(page.locator('.el-form-item__error').first()).toBeVisible()
    await check(page, 'register with errors')
    await page.goto('/nowhere')
    await expect(page.getByRole('heading')).toBeVisible()
    await check(page, 'not found')
  })
}

test('the pages of a patient and a doctor', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '丁香')
  await say(doctor, '您好')
  await say(patient, '谢谢')
  await expect(doctor.locator('.message')).toHaveCount(3)
  await check(doctor, 'consult of the doctor')
  await check(patient, 'consult of the patient')
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await expect(doctor.getByRole('dialog')).toBeVisible()
  await check(doctor, 'finish')
  await doctor.getByRole('dialog').getByRole('button', { name: '结束问诊' }).click()
  await expect(patient.getByText('本次问诊已结束')).toBeVisible()
  await check(patient, 'closed')
  await patient.goto('/consults')
  await expect(patient.locator('.item').first()).toBeVisible()
  await check(patient, 'list')
  await patient.goto('/doctors')
  await patient.getByRole('button', { name: new RegExp(await nameOf(doctor)) }).click()
  await expect(patient.getByRole('dialog')).toBeVisible()
  await check(patient, 'start')
  await patient.keyboard.press('Escape')
  await expect(patient.getByRole('dialog')).toBeHidden()
  await check(patient, 'doctors')
  await patient.getByRole('button', { name: /账户菜单/ }).click()
  await expect(patient.getByRole('menuitem').first()).toBeVisible()
  await check(patient, 'user menu')
})

test('the pages of a patient who books', async ({ people }) => {
  const page = await people.login('patient1')
  const row = page.locator('main .row')
  for (const place of ['appointments', 'history', 'family']) {
    await page.goto(`/${place}`)
    await expect(row.first()).toBeVisible()
    await check(page, place)
  }
  await page.getByRole('button', { name: '添加家人' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await check(page, 'add to the family')
  await page.goto('/notifications')
  await expect(page.locator('main .item, main .state').first()).toBeVisible()
  await check(page, 'notifications')
  await page.goto('/')
  await expect(page.getByTestId('next-appointment')).toBeVisible()
  await check(page, 'home')

  await page.goto('/doctors')
  await expect(page.locator('.next').first()).not.toBeEmpty()
  await page.getByRole('article').filter({ hasText: 'Emily' }).getByRole('link').click()
  await expect(page.locator('.slot').first()).toBeVisible()
  await check(page, 'doctor')
  await page.locator('.day').last().click()
  await page.locator('.slot').last().click()
  await expect(page.locator('#reason')).toBeVisible()
  await check(page, 'book')
  const agree = page.locator('input[name=agreed]')
  if (await agree.count()) await agree.check()
  await page.locator('button[type=submit]').click()
  await expect(page.getByTestId('hold-countdown')).toBeVisible()
  await check(page, 'held')
  await page.goto('/appointments')
  await row.first().click()
  await expect(page.locator('main ol li').first()).toBeVisible()
  await check(page, 'appointment')
  await page.getByRole('button', { name: '取消预约' }).click()
  await expect(page.getByTestId('cancel-price')).toBeVisible()
  await check(page, 'cancel')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '改期' }).click()
  await expect(page.getByRole('dialog').locator('.slot').first()).toBeVisible()
  await check(page, 'move')
})

test('a consult is done by keyboard alone', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '高远')
  await patient.goto('/consults')
  await expect(patient.locator('.item').first()).toBeVisible()
  await patient.keyboard.press('Tab')
  await expect(patient.getByText('跳到主要内容')).toBeFocused()
  await patient.keyboard.press('Enter')
  await expect(patient.locator('main')).toBeFocused()
  await patient.keyboard.press('Tab')
  await patient.keyboard.press('Enter')
  await expect(patient).toHaveURL(/\/consults\/con_/)
  await patient.locator('#composer-text').focus()
  await patient.keyboard.type('用键盘写的')
  await patient.keyboard.press('Enter')
  await expect(doctor.getByText('用键盘写的').last()).toBeVisible()
  await expect(doctor.getByTestId('announcer')).toContainText('用键盘写的')
})
