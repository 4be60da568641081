/* The day of a doctor, live: by keys from the waiting patient to the signature, and what staff see of it. */
import type { Page } from '@playwright/test'
import { Rest } from './rest'
import { check } from './axe'
import { expect, freshLogin, test } from './world'

function column(page: Page, name: string) {
  return page.getByRole('region', { name: new RegExp(`^${name}`) })
}

test('who comes appears at once and is admitted, and signed for, by keys', async ({ people, server }) => {
  const doctor = await people.login('doctor1')
  await doctor.goto('/today')
  await expect(column(doctor, '候诊')).toBeVisible()

  const name = '看板患者'
  const rest = await Rest.register(server.url, freshLogin(), name)
  const id = await rest.doctor('王建国')
  const { consult } = (await rest.call('POST', '/consultations', {
    doctor: id,
    text: '医生您好',
    clientId: 'board-spec-1',
  })) as { consult: { id: string } }
  const card = column(doctor, '候诊').getByRole('article').filter({ hasText: name })
  await expect(card).toContainText('已等0分钟')
  await check(doctor, 'board')

  const staff = await people.login('desk')
  await staff.goto('/today')
  await staff.getByRole('combobox', { name: '医生' }).selectOption({ label: '王建国' })
  const overview = staff.getByRole('region', { name: '全部医生' })
  await expect(overview.getByRole('button', { name: /王建国/ })).toContainText(/(在线|接诊中).*[1-9] 人候诊.*下一位/)
  const colleague = overview.getByRole('button', { name: /Emily Carter/ })
  await expect(colleague).toContainText('离线')
  const other = await people.login('doctor2')
  await expect(colleague).toContainText(/在线|接诊中/)
  await other.context().close()
  await check(staff, 'board of the desk')
  await expect(column(staff, '候诊').getByRole('heading', { name })).toBeVisible()
  await expect(column(staff, '候诊').getByRole('button', { name: /接诊/ })).toHaveCount(0)

  await doctor.locator('body').press('?')
  const keys = doctor.getByRole('dialog', { name: '键盘快捷键' })
  await expect(keys.getByText('接诊、打开或签署')).toBeVisible()
  await check(doctor, 'keys')
  await doctor.keyboard.press('Escape')
  await expect(keys).toHaveCount(0)
  await doctor.locator('body').press('j')
  await expect(doctor.getByRole('article').first()).toBeFocused()
  await doctor.keyboard.press('j')
  await doctor.keyboard.press('k')
  await expect(doctor.getByRole('article').first()).toBeFocused()
  for (let at = 0; at < 20 && !(await card.evaluate((one) => one === document.activeElement)); at++)
    await doctor.keyboard.press('j')
  await expect(card).toBeFocused()
  await doctor.keyboard.press('Enter')
  await expect(doctor).toHaveURL(new RegExp(`/consults/${consult.id}$`))
  await expect(column(staff, '问诊中').getByRole('heading', { name })).toBeVisible()

  await doctor.goto('/today')
  await expect(column(doctor, '问诊中').getByRole('heading', { name })).toBeVisible()
  const own = await Rest.login(server.url, 'doctor1')
  await own.call('POST', `/consultations/${consult.id}/finish`)
  await expect(column(doctor, '待签署').getByRole('heading', { name })).toBeVisible()
  await expect(column(staff, '待签署').getByRole('heading', { name })).toBeVisible()
  await own.sign(consult.id)
  await expect(column(doctor, '待签署').getByRole('heading', { name })).toHaveCount(0)
})

test('a doctor begins at the board, and a request is answered there', async ({ people, server }) => {
  const name = '申请人'
  const rest = await Rest.register(server.url, freshLogin(), name)
  const id = await rest.doctor('王建国')
  const service = await rest.service(id, '心电图')
  const slots = await rest.slots(id, service, new Date(Date.now() + 4 * 86_400_000))
  const first = await rest.book(id, service, slots[0] ?? '')
  const second = await rest.book(id, service, slots[4] ?? '')
  expect(first.status).toBe('requested')

  const doctor = await people.login('doctor1')
  await doctor.goto('/')
  await expect(doctor).toHaveURL(/\/today$/)
  const rows = doctor.getByRole('listitem').filter({ hasText: name })
  await expect(rows).toHaveCount(2)
  await rows.first().getByRole('button', { name: /同意/ }).click()
  await expect(rows).toHaveCount(1)
  await rows.first().getByRole('button', { name: /拒绝/ }).click()
  await doctor.getByRole('dialog').getByRole('button', { name: '拒绝' }).click()
  await expect(doctor.getByText('请填写原因')).toBeVisible()
  await doctor.getByRole('dialog').getByRole('textbox').fill('请到线下门诊')
  await doctor.getByRole('dialog').getByRole('button', { name: '拒绝' }).click()
  await expect(rows).toHaveCount(0)

  const statusOf = async (one: { id: string }) => {
    const answer = (await rest.call('GET', `/appointments/${one.id}`)) as { appointment: { status: string } }
    return answer.appointment.status
  }
  expect([await statusOf(first), await statusOf(second)]).toEqual(['booked', 'rejected'])
})

test('an administrator adds a service and sees what a new rule gives back; staff look on', async ({
  people,
  server,
}) => {
  const page = await people.login('admin')
  await page.goto('/clinic')
  await check(page, 'clinic')
  await page.getByRole('button', { name: '添加服务项目' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByRole('alert')).toContainText('请填写名称')
  await dialog.locator('input[name=name]').fill('营养咨询')
  await dialog.locator('input[name=fee]').fill('60.50')
  await check(page, 'service')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toHaveCount(0)
  const row = page.getByRole('listitem').filter({ hasText: '营养咨询' }).first()
  await expect(row).toContainText('¥60.50')
  await row.getByRole('button', { name: /修改/ }).click()
  await dialog.locator('input[name=disabled]').check()
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('已停止提供')

  await page.getByRole('button', { name: /修改.*心内科$/ }).click()
  await dialog.locator('input[name=keywords]').fill('心慌，气短, 胸闷')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('心慌, 气短, 胸闷')).toBeVisible()

  await page.getByRole('button', { name: '新版本规则' }).click()
  await dialog.getByLabel('适用于').selectOption({ label: '营养咨询' })
  for (const [at, hours, percent] of [
    [0, '48', '100'],
    [1, '12', '40'],
  ] as const) {
    if ((await dialog.locator(`input[name=hours-${at}]`).count()) === 0)
      await dialog.getByRole('button', { name: '增加一档' }).click()
    await dialog.locator(`input[name=hours-${at}]`).fill(hours)
    await dialog.locator(`input[name=percent-${at}]`).fill(percent)
  }
  await expect(dialog.getByRole('region')).toContainText('提前 12 小时或更早：¥24.20（40%）')
  await check(page, 'policy')
  await dialog.getByRole('button', { name: '生效' }).click()
  await expect(page.getByText(/第 1 版：开始前 48 小时以上退 100%/)).toBeVisible()
  const { items } = (await (await Rest.login(server.url, 'admin')).call('GET', '/admin/policies')) as {
    items: { service?: { name: string }; tiers: object[] }[]
  }
  expect(items.find(({ service }) => service?.name === '营养咨询')?.tiers).toContainEqual({
    hours: 12,
    percent: 40,
  })

  const staff = await people.login('desk', { viewport: { width: 390, height: 844 } })
  await staff.goto('/clinic')
  await expect(staff.getByText('只有机构管理员可以修改')).toBeVisible()
  await expect(staff.getByRole('main').getByRole('button')).toHaveCount(0)
  expect(await staff.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await staff.screenshot({ path: 'test-results/clinic-phone.png' })
  await page.screenshot({ path: 'test-results/clinic-desktop.png', fullPage: true })
})
