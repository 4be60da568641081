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
