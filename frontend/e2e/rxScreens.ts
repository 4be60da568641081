/* A prescription to review, and pictures of the pages of pharmacist and counter; called by screenshots.spec.ts. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { Rest } from './rest'
import { expect, freshLogin, PASSWORD, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

/* Of a new patient: his consult is over, its record is signed with one drug. */
export async function signedRx(url: string, name: string) {
  const patient = await Rest.register(url, freshLogin(), name)
  const doctor = await Rest.login(url, 'doctor2')
  const { consult } = (await patient.call('POST', '/consultations', {
    doctor: doctor.user.id,
    text: 'My head aches.',
    clientId: `rx-${Date.now()}`,
  })) as { consult: { id: string } }
  await doctor.call('POST', `/consultations/${consult.id}/accept`)
  await doctor.call('POST', `/consultations/${consult.id}/finish`)
  const item = { drug: 'D026', dose: 1500, unit: 'mg', route: 'oral', frequency: 'tid', days: 3, quantity: 1 }
  await doctor.sign(consult.id, {
    advice: 'Rest.',
    noDiagnosisReason: 'Too early to say.',
    prescription: { items: [{ ...item, override: 'Weighs 110 kg' }] },
  })
}

export async function rxScreens(url: string, people: People, here: BrowserContextOptions, take: Take) {
  const name = here.locale === 'en' ? 'Nora Winter' : '冬梅'
  await signedRx(url, name)
  const page = await people.login('pharmacist', here)
  await page.goto('/prescriptions')
  await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible()
  await take(page, '70-prescriptions')
  await page.getByRole('link', { name: new RegExp(name) }).first().click()
  await expect(page.locator('[data-code=dose]')).toBeVisible()
  await take(page, '71-prescription')
  await page.keyboard.press('a')
  await page.locator('input[name=password]').fill(PASSWORD)
  await take(page, '72-prescription-approve')
  await page.keyboard.press('Enter')
  const rx = page.getByTestId('rx-card')
  await expect(rx).toHaveAttribute('data-state', 'approved')
  await take(page, '73-prescription-approved')
  const pharmacist = await Rest.login(url, 'pharmacist')
  const { items } = (await pharmacist.call('GET', '/prescriptions?state=approved')) as { items: { token: string }[] }
  await page.goto(`/rx#${items[0]?.token}`)
  await expect(page.getByTestId('rx-check')).toBeVisible()
  await take(page, '74-prescription-check')
  await page.goto('/prescriptions')
  await page.locator('select').first().selectOption('expired')
  await expect(page.locator('.queue .state')).toBeVisible()
  await take(page, '75-prescriptions-empty')
}
