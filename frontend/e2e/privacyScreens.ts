/* Pictures of the search, of who saw a record, and of an emergency. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { expect, nameOf, PASSWORD, startConsult, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

/* Nobody whom doctor1 treats, whatever was drawn before. */
const names: Record<string, string> = {
  'en desktop': 'Nora Quinn',
  'en phone': 'Ida Wells',
  'zh-CN desktop': '何静',
  'zh-CN phone': '贺敏',
}

export async function privacyScreens(people: People, here: BrowserContextOptions, take: Take) {
  const doctor = await people.login('doctor2', here)
  await doctor.goto('/emergency')
  await doctor.locator('#patient-name').fill('李小红')
  await doctor.locator('#patient-name').press('Enter')
  await expect(doctor.getByText('李小红').first()).toBeVisible()
  await take(doctor, '82-emergency-found')

  const patient = await people.login('patient1', here)
  await patient.goto('/history')
  await patient.getByRole('searchbox').fill('血压')
  await patient.getByRole('searchbox').press('Enter')
  await expect(patient.getByTestId('hits').locator('mark').first()).toBeVisible()
  await take(patient, '80-search')

  const name = names[`${here.locale} ${here.isMobile ? 'phone' : 'desktop'}`] ?? '何急'
  const other = await people.register(name, here)
  await startConsult(other, await nameOf(doctor), 'A rash on both arms')
  const colleague = await people.login('doctor1', here)
  await colleague.goto('/emergency')
  await colleague.locator('#patient-name').fill(name)
  await colleague.locator('#patient-name').press('Enter')
  await colleague.locator('main li button').first().click()
  await colleague.locator('#emergency-reason').fill('昏迷，在急诊室，过敏史不明 / unconscious')
  await colleague.locator('#emergency-password').fill(PASSWORD)
  await take(colleague, '83-emergency-warning')
  await colleague.locator('main form button[type=submit]').last().click()
  await expect(colleague.getByTestId('glass')).toBeVisible()
  await take(colleague, '84-emergency-open')

  await other.goto('/privacy')
  await other.getByTestId('access').scrollIntoViewIfNeeded()
  await expect(other.getByTestId('access').locator('.loud').first()).toBeVisible()
  await take(other, '81-access')
}
