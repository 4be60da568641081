/* Pictures of the pages of doctors and staff; called by screenshots.spec.ts. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { Rest } from './rest'
import { expect, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

async function today(page: Page, take: Take) {
  await page.goto('/today')
  await expect(page.locator('.board')).toBeVisible()
  await take(page, '46-today')
}

async function leave(page: Page, take: Take, date: string) {
  await page.goto('/leave')
  await page.locator('input[name=from]').fill(date)
  await page.locator('input[name=to]').fill(date)
  await page.locator('input[name=to-time]').fill('23:59')
  await page.locator('button[type=submit]').click()
  await expect(page.locator('fieldset').first()).toBeVisible()
  await take(page, '47-leave')
  await page.locator('input[name=reason]').fill('医生临时外出')
  await page.locator('button[type=submit]').click()
  await expect(page.locator('.panel.brand')).toBeVisible()
  await take(page, '48-leave-done')
}

async function hours(page: Page, take: Take) {
  await page.goto('/hours')
  await expect(page.locator('.rule').first()).toBeVisible()
  await take(page, '40-hours')
  await page.locator('.rule').first().click()
  await page.getByRole('dialog').locator('input[name=end]').fill('08:00')
  await page.getByRole('dialog').locator('button[type=submit]').click()
  await expect(page.getByRole('alert')).toBeVisible()
  await take(page, '41-hours-rule')
}

async function calendar(page: Page, take: Take) {
  await page.goto('/calendar')
  await expect(page.locator('.column').first()).toBeVisible()
  await take(page, '43-calendar')
  const booked = page.locator('.block.movable').first()
  // Late in the evening the first time that can be booked is not tomorrow's.
  await expect(async () => {
    if (!(await booked.isVisible())) await page.getByRole('button', { name: /^(后|Next)/ }).click()
    await expect(booked).toBeVisible({ timeout: 1_000 })
  }).toPass()
  await booked.click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await take(page, '44-calendar-detail')
  await page.getByRole('dialog').locator('.el-button--primary').last().click()
  await page.locator('input[name=time]').fill('23:30')
  await expect(page.locator('.notices')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(1)
  await take(page, '45-calendar-move')
}

/* A patient who waits, and what he has agreed to. The clinic alone books a time that is this near. */
async function waiting(server: string, people: People, here: BrowserContextOptions, take: Take, appointment: string) {
  const clinic = await Rest.login(server, 'doctor1')
  const startAt = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+/, '')
  const moved = await clinic.call('POST', `/appointments/${appointment}/reschedule`, {
    startAt,
    overbook: true,
    reason: 'e2e',
  })
  const patient = await people.login('patient2', here)
  await patient.goto(`/appointments/${(moved['appointment'] as { id: string }).id}`)
  await patient.getByRole('button', { name: /^(签到|Check in)/ }).click()
  await expect(patient.getByTestId('waiting')).toBeVisible()
  await take(patient, '36-waiting-room')
  await patient.goto('/privacy')
  await expect(patient.locator('main li').first()).toBeVisible()
  await take(patient, '37-privacy')
}

async function administration(page: Page, take: Take) {
  await page.goto('/today')
  await expect(page.locator('.board').first()).toBeVisible()
  await take(page, '49-overview')
  await page.goto('/clinic')
  await expect(page.locator('main li').first()).toBeVisible()
  await take(page, '50-clinic')
  await page.getByRole('link', { name: /(诊前问卷|Form before)/ }).first().click()
  await page.locator('.page-form .el-button').first().click()
  await page.locator('input[name=zh]').fill('您现在有胸痛吗？')
  await page.locator('input[name=en]').fill('Do you have chest pain now?')
  await page.locator('input[value=yes]').check()
  await take(page, '52-form')
  await page.goto('/payments')
  await expect(page.locator('main .state, main .row').first()).toBeVisible()
  await take(page, '51-payments')
}

export async function deskScreens(server: string, people: People, here: BrowserContextOptions, take: Take) {
  const rest = await Rest.login(server, 'patient2')
  const id = await rest.doctor('王建国')
  const service = await rest.service(id, '视频复诊')
  const [slot] = await rest.slots(id, service, new Date(Date.now() + 86_400_000))
  await rest.book(id, service, slot ?? '')
  await rest.book(
    id,
    await rest.service(id, '心电图'),
    (await rest.slots(id, service, new Date(Date.now() + 90_400_000)))[3] ?? '',
  )

  const doctor = await people.login('doctor1', here)
  await today(doctor, take)
  await calendar(doctor, take)
  await hours(doctor, take)
  await leave(doctor, take, (slot ?? '').slice(0, 10))

  const staff = await people.login('desk', here)
  await staff.goto('/hours')
  await staff.locator('input[name=why-time]').fill('13:00')
  await staff.locator('.desk-form button[type=submit]').click()
  await expect(staff.getByRole('alert')).toBeVisible()
  await take(staff, '42-why')

  const [later] = await rest.slots(id, service, new Date(Date.now() + 86_400_000))
  await waiting(server, people, here, take, (await rest.book(id, service, later ?? '')).id)
  await administration(await people.login('admin', here), take)
}
