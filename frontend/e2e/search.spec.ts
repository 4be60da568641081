/* Who saw my record, and what was said found again. */
import { check } from './axe'
import { phone } from './booking'
import { expect, fits, freshLogin, message, PASSWORD, test } from './world'
import { Rest } from './rest'

/* A newcomer's consult; with 120 messages what was said first is older than what a page loads. */
async function consultOf(url: string, login: string, messages = 120) {
  const patient = await Rest.register(url, login, '苏寻')
  const doctor = await patient.doctor('王建国')
  const key = login.replaceAll('.', '-')
  const { consult } = (await patient.call('POST', '/consultations', {
    doctor,
    text: '三年前做过阑尾手术，最近肚子疼',
    clientId: `search-${key}`,
  })) as { consult: { id: string } }
  for (let n = 0; n < messages; n++)
    await patient.call('POST', `/consultations/${consult.id}/messages`, {
      kind: 'text',
      text: `第 ${n} 天，体温正常`,
      clientId: `search-${key}-${n}`,
    })
  return consult.id
}

test('a word of two characters leads to what was said long ago, on a phone', async ({ people, server }) => {
  const login = freshLogin()
  await consultOf(server.url, login)
  const page = await people.login(login, phone)
  await page.goto('/history')
  await page.getByRole('searchbox').fill('尾')
  await page.getByRole('button', { name: '搜索', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('至少两个相连的字')
  await page.getByRole('searchbox').fill('金丝雀')
  await page.getByRole('searchbox').press('Enter')
  await expect(page.locator('main')).toContainText('没有找到“金丝雀”')
  await check(page, 'nothing found')
  await page.getByRole('searchbox').fill('阑尾')
  await page.getByRole('searchbox').press('Enter')
  const hit = page.getByTestId('hits').getByRole('link')
  await expect(hit).toHaveCount(1)
  await expect(hit.locator('mark')).toHaveText('阑尾')
  await check(page, 'found')
  await hit.click()
  const said = message(page, '三年前做过阑尾手术，最近肚子疼')
  await expect(said).toBeInViewport()
  await expect(said).toBeFocused()
  await page.goBack()
  await expect(hit).toHaveCount(1)
})

test('the patient sees that the doctor looked, and not himself', async ({ people, server }) => {
  const login = freshLogin()
  const consult = await consultOf(server.url, login)
  const doctor = await people.login('doctor1')
  await doctor.goto('/history')
  await doctor.getByRole('searchbox').fill('苏寻')
  await doctor.getByRole('searchbox').press('Enter')
  await doctor.locator('[data-kind=person]').filter({ hasText: '苏寻' }).first().click()
  await expect(doctor).toHaveURL(new RegExp(consult.slice(0, 4)))
  await expect(doctor.getByRole('heading', { level: 1 })).toContainText('苏寻')
  await expect(doctor.locator('.message').first()).toBeVisible()

  const page = await people.login(login, { locale: 'en' })
  await page.goto('/privacy')
  const rows = page.getByTestId('access').getByRole('listitem')
  await expect(rows.filter({ hasText: 'Opened the consult' })).toContainText('王建国')
  await expect(rows.filter({ hasText: '苏寻' })).toHaveCount(0)
  await check(page, 'who saw my record')
})

test('in an emergency: found by name, opened with a reason and the password, told to the admin', async ({ people, server }) => {
  await consultOf(server.url, freshLogin(), 0)
  const doctor = await people.login('doctor2', { ...phone, locale: 'en' })
  await doctor.goto('/history')
  await doctor.getByRole('link', { name: 'Emergency access' }).click()
  await doctor.getByLabel('Name of the patient, in full').fill('Nobody Atall')
  await doctor.getByRole('button', { name: 'Find' }).click()
  await expect(doctor.locator('main')).toContainText('No patient of this clinic')
  await doctor.getByLabel('Name of the patient, in full').fill('苏寻')
  await doctor.getByRole('button', { name: 'Find' }).click()
  await doctor.getByRole('button', { name: /^Not your patient/ }).first().click()
  const open = doctor.getByRole('button', { name: 'Open the results for 60 minutes' })
  await doctor.getByLabel(/^Why is it needed/).fill('too short')
  await doctor.getByLabel('Your password').fill('not the password')
  await expect(open).toBeDisabled()
  await doctor.getByLabel(/^Why is it needed/).fill('Unconscious in the emergency room, allergies unknown')
  await fits(doctor)
  await check(doctor, 'emergency')
  await open.click()
  await expect(doctor.locator('main')).toContainText('Wrong password')
  await doctor.getByLabel('Your password').fill(PASSWORD)
  await open.click()
  await expect(doctor.getByTestId('glass')).toContainText('closes in')
  await expect(doctor.locator('main')).toContainText('no signed result')
  await check(doctor, 'emergency, open')

  const admin = await people.login('admin', phone)
  await admin.goto('/emergency')
  await expect(admin.getByTestId('broken').getByRole('listitem').first()).toContainText('Unconscious in the emergency room')
  await check(admin, 'emergencies of the clinic')
})
