/* What a consult leaves behind: the doctor writes, decides and signs, the patient receives. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { Rest } from './rest'
import { conversation, expect, nameOf, PASSWORD, test, type People } from './world'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

function saved(page: Page) {
  return page.getByTestId('saved').filter({ visible: true })
}

async function isSaved(page: Page) {
  await expect(saved(page)).toHaveAttribute('data-saving', 'saved')
}

/* Ends when the server has it. */
async function write(page: Page, label: string, text: string) {
  const stored = page.waitForResponse(
    (answer) => answer.request().method() === 'PUT' && answer.ok() && (answer.request().postData() ?? '').includes(text),
  )
  await page.getByLabel(label).fill(text)
  await stored
  await isSaved(page)
}

async function open(page: Page, tab: string) {
  await page.getByRole('tab', { name: tab, exact: true }).click()
}

/* By keys alone: the second proposal is taken. */
async function diagnose(doctor: Page, text: string, code: string) {
  const search = doctor.getByRole('combobox', { name: '添加诊断' })
  await search.fill(text)
  const wanted = doctor.getByRole('option').filter({ hasText: code })
  await expect(wanted).toBeVisible()
  while ((await wanted.getAttribute('aria-selected')) !== 'true') await search.press('ArrowDown')
  await search.press('Enter')
  await expect(doctor.locator('.diagnoses li').filter({ hasText: code })).toBeVisible()
}

async function decide(doctor: Page, advice: string) {
  await open(doctor, '诊断')
  await diagnose(doctor, 'J20', 'J20')
  await doctor.getByLabel('通俗说明').fill('您得的是支气管炎，一般一到两周会好。')
  await write(doctor, '医嘱', advice)
}

async function finish(doctor: Page) {
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await doctor.getByRole('dialog').getByRole('button', { name: '结束问诊' }).click()
  await expect(doctor.getByRole('dialog').getByText('患者将会看到')).toBeVisible()
}

async function sign(doctor: Page) {
  await doctor.locator('input[name=password]').fill(PASSWORD)
  await doctor.locator('input[name=password]').press('Control+Enter')
  await expect(doctor.getByText('已签名，已通知患者')).toBeVisible()
}

/* The same doctor at another desk, in the same consult. */
async function elsewhere(people: People, doctor: Page): Promise<Page> {
  const other = await people.login('doctor1')
  await other.goto(doctor.url())
  await expect(other.locator('#record-plan')).toBeVisible()
  return other
}

test('note, diagnosis, signature; the patient reads it on a phone and in English, and says so; it is amended', async ({
  people,
}) => {
  test.slow()
  const { doctor, patient } = await conversation(people, '陈晓明', await people.newcomer(PHONE))
  await doctor.getByLabel('主诉').fill('咳嗽三天')
  await write(doctor, '现病史', '受凉后咳嗽，夜间加重')
  await check(doctor, 'note')
  await doctor.reload()
  await expect(doctor.getByLabel('现病史')).toHaveValue('受凉后咳嗽，夜间加重')

  await finish(doctor)
  const dialog = doctor.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: '签名' })).toBeDisabled()
  await expect(dialog.locator('[data-level=error]')).toHaveCount(2)
  await check(doctor, 'sign, with what is missing')
  await dialog.getByRole('button', { name: /请填写医嘱/ }).click()
  await expect(doctor.getByLabel('医嘱')).toBeFocused()
  await decide(doctor, '多喝水，三天后复诊')
  await doctor.getByRole('button', { name: '7 天后' }).click()
  await check(doctor, 'diagnosis')

  // Nothing of it is anywhere at the patient's yet.
  await patient.goto(`${patient.url()}/result`)
  await expect(patient.getByText('还没有诊疗结果')).toBeVisible()
  await patient.goBack()

  await doctor.getByLabel('医嘱').press('Control+Enter')
  await expect(dialog.locator('[data-level=ok]')).toHaveCount(4)
  await expect(dialog.getByText('多喝水，三天后复诊')).toBeVisible()
  await doctor.locator('input[name=password]').fill('not the password')
  await dialog.getByRole('button', { name: '签名' }).click()
  await expect(dialog.getByText('密码不正确，没有签名')).toBeVisible()
  await expect(doctor.locator('input[name=password]')).toBeFocused()
  await sign(doctor)
  await expect(doctor.getByTestId('acknowledged')).toContainText('患者还没有确认阅读')

  await patient.locator('[data-card-type=result]').getByRole('link').click()
  const result = patient.getByRole('article')
  await expect(result).toContainText('多喝水，三天后复诊')
  await expect(result).toContainText('J20')
  await expect(result).not.toContainText('受凉后咳嗽')
  await check(patient, 'result on a phone')
  expect(await patient.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await patient.getByRole('button', { name: '我已阅读' }).click()
  await expect(patient.getByText('您已确认阅读')).toBeVisible()
  await expect(doctor.getByTestId('acknowledged')).toContainText('确认阅读')
  await expect(doctor.getByTestId('acknowledged')).not.toContainText('还没有')

  await doctor.getByRole('button', { name: '修订' }).click()
  await write(doctor, '医嘱', '多喝水，七天后复诊')
  await doctor.locator('.header').getByRole('button', { name: '签名' }).click()
  await expect(dialog.getByText('多喝水，七天后复诊')).toBeVisible()
  await doctor.locator('input[name=reason]').fill('复诊时间写错')
  await sign(doctor)

  await patient.goto('/notifications')
  await patient.getByRole('link', { name: /更正/ }).first().click()
  await expect(result).toContainText('多喝水，七天后复诊')
  await expect(result).toContainText('复诊时间写错')
  await patient.getByLabel('版本').selectOption('1')
  await expect(patient.getByText('这是较早的版本')).toBeVisible()
  await expect(result).toContainText('多喝水，三天后复诊')

  const desk = await patient.context().newPage()
  await desk.setViewportSize({ width: 1280, height: 900 })
  await desk.goto(patient.url())
  await desk.evaluate(() => localStorage.setItem('consultd.locale', 'en'))
  await desk.reload()
  await expect(desk.getByRole('article')).toContainText('What to do')
  await expect(desk.getByRole('article')).toContainText('bronchitis')
  await check(desk, 'result in English')
  await desk.emulateMedia({ media: 'print' })
  for (const part of [desk.getByRole('banner'), desk.getByRole('navigation'), desk.getByRole('button')])
    await expect(part.filter({ visible: true })).toHaveCount(0)
  await expect(desk.getByRole('article')).toBeVisible()
})

test('two desks on one note: nothing is overwritten, and it goes on', async ({ people }) => {
  const { doctor } = await conversation(people, '秦双')
  await expect(doctor.locator('#record-plan')).toBeVisible()
  const other = await elsewhere(people, doctor)
  await doctor.getByLabel('处理意见').fill('口服退热药')
  await write(doctor, '主诉', '发热两天')

  await other.getByLabel('检查所见').fill('咽红')
  await other.getByLabel('处理意见').fill('建议住院')
  await expect(saved(other)).toHaveAttribute('data-saving', 'conflict')
  await other.getByRole('button', { name: '比较并选择' }).click()
  const dialog = other.getByRole('dialog')
  await expect(dialog.getByRole('group')).toHaveCount(1)
  await expect(dialog.getByRole('group', { name: '处理意见' })).toContainText('口服退热药')
  await check(other, 'two versions')
  await dialog.getByText('两个都保留').click()
  await dialog.getByRole('button', { name: '保存选择的内容' }).click()
  await isSaved(other)
  await expect(other.getByLabel('处理意见')).toHaveValue('建议住院\n口服退热药')
  await expect(other.getByLabel('主诉')).toHaveValue('发热两天')

  await write(doctor, '现病史', '无咳嗽')
  await expect(doctor.getByLabel('处理意见')).toHaveValue('建议住院\n口服退热药')
  await expect(doctor.getByLabel('检查所见')).toHaveValue('咽红')

  // Another window of the same desk hears of it at once.
  const window = await doctor.context().newPage()
  await window.goto(doctor.url())
  await expect(window.getByLabel('现病史')).toHaveValue('无咳嗽')
  await window.getByLabel('现病史').fill('无咳嗽，无皮疹')
  await expect(doctor.getByLabel('现病史')).toHaveValue('无咳嗽，无皮疹')
})

test('the page and the server die while the doctor writes: his words are there', async ({ people, server }) => {
  test.skip(!server.own, 'the server is not ours to kill')
  test.slow()
  const { doctor } = await conversation(people, '唐突')
  await write(doctor, '主诉', '头痛')
  await server.kill()
  await doctor.getByLabel('现病史').fill('三天，搏动性')
  await expect(saved(doctor)).toHaveAttribute('data-saving', 'retrying')
  await check(doctor, 'not saved')

  const address = doctor.url()
  const again = await doctor.context().newPage()
  await doctor.close({ runBeforeUnload: false })
  await server.start()
  await again.goto(address)
  await expect(again.getByLabel('主诉')).toHaveValue('头痛')
  await expect(again.getByLabel('现病史')).toHaveValue('三天，搏动性')
  await isSaved(again)
  // And on the server: another desk has them.
  const other = await people.login('doctor1')
  await other.goto(address)
  await expect(other.getByLabel('现病史')).toHaveValue('三天，搏动性')
})

test('a login that ends takes nothing away; a colleague sees neither the note nor the result', async ({ people }) => {
  const { doctor } = await conversation(people, '易时')
  const address = doctor.url()
  await doctor.route('**/record', (route) => route.abort())
  await doctor.getByLabel('处理意见').fill('写到一半')
  await expect(saved(doctor)).toHaveAttribute('data-saving', 'retrying')
  await doctor.evaluate(() => localStorage.removeItem('consultd.session'))
  await doctor.unroute('**/record')
  await doctor.goto(address)
  await expect(doctor).toHaveURL(/login/)
  await doctor.locator('input[name=login]').fill('doctor1')
  await doctor.locator('input[name=password]').fill(PASSWORD)
  await doctor.locator('button[type=submit]').click()
  await expect(doctor.getByLabel('处理意见')).toHaveValue('写到一半')
  await isSaved(doctor)

  const colleague = await people.login('doctor2')
  expect(await nameOf(colleague)).not.toBe(await nameOf(doctor))
  await colleague.goto(address)
  await expect(colleague.getByText('内容不存在，或您无权查看')).toBeVisible()
  await colleague.goto(`${address}/result`)
  await expect(colleague.getByText('还没有诊疗结果')).toBeVisible()
})

test('what is prescribed is checked while it is written, and on the result once a pharmacist approved it', async ({
  people,
  server,
}) => {
  test.slow()
  const { doctor, patient } = await conversation(people, '殷药')
  await decide(doctor, '按时服药')
  await open(doctor, '处方')
  await doctor.locator('#drug-search').fill('amoxi')
  await doctor.getByRole('option').first().click()
  const item = doctor.getByTestId('rx-edit')
  await expect(item.locator('[data-code=item-incomplete]')).toBeVisible()
  await check(doctor, 'prescription')
  for (const [field, value] of [['dose', '500'], ['days', '7'], ['quantity', '2']] as const) {
    await item.locator(`input[name=${field}]`).fill(value)
    await item.locator(`input[name=${field}]`).press('Tab')
  }
  await item.locator('select[name=frequency]').selectOption('tid')
  await expect(item.locator('[data-code]')).toHaveCount(0)
  await finish(doctor)
  await sign(doctor)

  await patient.locator('[data-card-type=result]').getByRole('link').click()
  await expect(patient.getByRole('article').first()).toContainText('按时服药')
  await expect(patient.getByTestId('rx-card')).toHaveCount(0)
  const pharmacist = await Rest.login(server.url, 'pharmacist')
  const { items } = (await pharmacist.call('GET', '/prescriptions?state=in_review')) as {
    items: { id: string; patient: { name: string } }[]
  }
  const mine = items.find(({ patient: { name } }) => name === '殷药')
  await pharmacist.call('POST', `/prescriptions/${mine?.id}/approve`, { password: PASSWORD })
  await patient.reload()
  await expect(patient.getByTestId('rx-card')).toHaveAttribute('data-state', 'approved')
  await check(patient, 'result with a prescription')
})
