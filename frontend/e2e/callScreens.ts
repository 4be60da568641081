/* A call in pictures: the doctor at a desk, the patient with a phone, and whoever they invite. */
import { expect, nameOf, openConsult, say, startConsult, type People } from './world'
import type { BrowserContextOptions, Page } from '@playwright/test'

type Take = (page: Page, name: string) => Promise<unknown>

export async function callScreens(
  people: People,
  desk: BrowserContextOptions,
  phone: BrowserContextOptions,
  take: Take,
) {
  const zh = desk.locale !== 'en'
  const doctor = await people.login('doctor1', desk)
  const name = zh ? '周小雨' : 'Ann Lee'
  const patient = await people.register(name, phone)
  await startConsult(patient, await nameOf(doctor), zh ? '想和您视频一下' : 'Could we talk by video?')
  await openConsult(doctor, name)
  await doctor.locator('.header .el-button--primary').click()
  await say(doctor, zh ? '好的，我打给您。' : 'Yes, I will call you.')

  const consult = patient.url()
  await patient.goto(consult.replace('consults', 'check'))
  await patient.getByTestId('check-start').click()
  await expect(patient.getByTestId('check-moved')).not.toBeEmpty()
  await take(patient, '51-check')
  await patient.goto(consult)
  await expect(patient.getByTestId('call-buttons')).toBeVisible()
  await doctor.getByTestId('call-buttons').locator('button').last().click()
  await expect(patient.getByTestId('ring')).toBeVisible()
  await take(patient, '52-ring')
  await patient.getByRole('dialog').locator('.el-button--success').click()
  for (const page of [doctor, patient])
    await expect(page.getByTestId('peer')).toHaveAttribute('data-state', 'connected', { timeout: 25_000 })
  await take(doctor, '53-call-doctor')
  await take(patient, '53-call-patient')
  await doctor.getByRole('button', { name: zh ? '邀请家属或翻译' : 'Invite a relative' }).click()
  await doctor.locator('input[name=guest]').fill(zh ? '周爸爸' : 'Bob Lee')
  await take(doctor, '54-invite')
  await doctor.getByRole('dialog').locator('.el-button--primary').click()
  const link = (await doctor.getByTestId('guest-link').textContent()) ?? ''
  await take(doctor, '55-link')
  await doctor.keyboard.press('Escape')

  const guest = await people.newcomer(phone)
  await guest.goto(link)
  await take(guest, '56-guest-link')
  await guest.locator('main .el-button--primary').click()
  await expect(guest.getByTestId('check-start')).toBeVisible()
  await take(guest, '57-guest')
  await guest.locator('.ways .el-button--primary').click()
  await expect(guest.getByTestId('peer')).toHaveCount(2)
  for (const page of [doctor, guest])
    await expect(page.locator('[data-testid=peer][data-state=connected]')).toHaveCount(2, { timeout: 25_000 })
  await take(guest, '58-three-guest')
  await take(doctor, '58-three-doctor')
  await guest.goto(link)
  await guest.locator('main .el-button--primary').click()
  await expect(guest.locator('.state')).toBeVisible()
  await take(guest, '59-spent')
}
