/* Pictures of every page, for people to look at: ./dev screenshots DIR */
import { agree } from './booking'
import { Cable } from './cable'
import type { BrowserContextOptions, Page } from '@playwright/test'
import { callScreens } from './callScreens'
import { canvasScreens } from './canvasScreens'
import { deskScreens } from './deskScreens'
import { rxScreens } from './rxScreens'
import { phonePhoto } from './pictures'
import { privacyScreens } from './privacyScreens'
import { recordScreens } from './recordScreens'
import { Consultd } from './consultd'
import { Turn } from './turn'
import { composer, expect, message, nameOf, People, say, startConsult, test } from './world'

const DIR = process.env['SCREENSHOTS_DIR']

const sizes: Record<string, BrowserContextOptions> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}

const words = {
  'zh-CN': {
    first: '医生您好,我咳嗽三天了,晚上比较厉害 🤒',
    ask: '有没有发热?痰是什么颜色?',
    answer: '体温 37.4℃,痰是白色的。',
    draft: '还需要做什么检查',
  },
  en: {
    first: 'Hello doctor, I have been coughing for three days 🤒',
    ask: 'Any fever? What colour is the phlegm?',
    answer: '37.4 °C, and it is white.',
    draft: 'Do I need any tests',
  },
}

type Take = (page: Page, name: string) => Promise<unknown>

/* What they show each other. */
async function files(patient: Page, doctor: Page, take: Take) {
  const input = patient.getByTestId('file-input')
  const photo = { name: 'IMG_0412.jpg', mimeType: 'image/jpeg', buffer: await phonePhoto(patient, 1600, 1200) }
  const report = { name: '血常规 2026-11.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(483_211, '%PDF-1.7 ') }
  await input.setInputFiles([photo, report])
  await expect(patient.locator('.tray li')).toHaveCount(2)
  await take(patient, '32-tray')
  await patient.locator('.tray .el-button--primary').click()
  await expect(doctor.locator('.message .card')).toBeVisible()
  await patient.locator('.tools-record').click()
  await expect(patient.getByTestId('note-time')).toContainText('0:03')
  await take(patient, '33-recording')
  await patient.locator('.composer .bar .el-button--primary').click()
  await expect(doctor.locator('.voice')).toBeVisible()
  await input.setInputFiles({ name: 'IMG_0413.heic', mimeType: 'image/heic', buffer: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1') })
  await expect(patient.locator('.tray .refused')).toBeVisible()
  for (const page of [patient, doctor]) await expect(page.locator('.message .open img')).toBeVisible()
  await take(patient, '34-files-patient')
  await take(doctor, '34-files-doctor')
  await input.setInputFiles([])
  await doctor.locator('.message .open').click()
  await expect(doctor.locator('.lightbox img')).toBeVisible()
  await take(doctor, '35-lightbox')
  await doctor.keyboard.press('Escape')
}

/* What a patient sees who books, looks after his appointments and his family. */
async function patientPages(page: Page, take: Take) {
  const row = page.locator('main .row')
  await page.goto('/')
  await expect(page.getByTestId('next-appointment')).toBeVisible()
  await take(page, '19-home')
  await page.goto('/doctors')
  await expect(page.locator('.next').first()).not.toBeEmpty()
  await page.getByRole('article').filter({ hasText: 'Emily' }).getByRole('link', { name: /^(预约|Book)/ }).click()
  await page.locator('.day').last().click()
  await expect(page.locator('.slot').first()).toBeVisible()
  await take(page, '20-doctor')
  await page.locator('.slot').last().click()
  await expect(page.locator('#reason')).toBeVisible()
  await take(page, '21-book')
  await agree(page)
  await page.locator('button[type=submit]').click()
  await expect(page.getByTestId('hold-countdown')).toBeVisible()
  await take(page, '22-held')
  await page.locator('main .actions').first().locator('button').last().click()
  await expect(page).toHaveURL(/doctors/)
  await page.goto('/appointments')
  await expect(row.first()).toBeVisible()
  await take(page, '23-appointments')
  await row.last().click()
  await expect(page.locator('main ol li').first()).toBeVisible()
  await take(page, '24-appointment')
  await page.locator('main .actions').first().locator('button').last().click()
  await expect(page.getByTestId('cancel-price')).toBeVisible()
  await take(page, '25-cancel')
  await page.keyboard.press('Escape')
  await page.locator('main .actions').first().locator('button').first().click()
  await expect(page.locator('.slot').first()).toBeVisible()
  await take(page, '26-move')
  for (const place of ['history', 'family']) {
    await page.goto(`/${place}`)
    await expect(row.first()).toBeVisible()
    await take(page, `27-${place}`)
  }
  await page.goto('/notifications')
  await expect(page.locator('main .item, main .state').first()).toBeVisible()
  await take(page, '28-notifications')
}

test.skip(!DIR, 'no folder was named')

for (const [size, options] of Object.entries(sizes)) {
  for (const locale of ['zh-CN', 'en'] as const) {
    const take: Take = (page, name) =>
      page.screenshot({
        path: `${DIR}/${size}-${locale.slice(0, 2)}-${name}.png`,
        animations: 'disabled',
      })

    test(`${size} ${locale}`, async ({ people }) => {
      const here = { ...options, locale }
      const text = words[locale]

      const visitor = await people.newcomer(here)
      await visitor.goto('/login')
      await expect(visitor.locator('form')).toBeVisible()
      await take(visitor, '01-login')
      await visitor.goto('/register')
      await visitor.locator('input[name=login]').fill('No')
      await visitor.locator('button[type=submit]').click()
      await expect(visitor.locator('.el-form-item__error').first()).toBeVisible()
      await take(visitor, '02-register-errors')

      const doctor = await people.login('doctor1', here)
      const patient = await people.newcomer(here)
      const cable = await Cable.on(patient)
      await people.loginIn(patient, 'patient1')
      await expect(patient.locator('.item').first()).toBeVisible()
      await take(patient, '03-consults')
      await patient.goto('/doctors')
      await expect(patient.locator('article').first()).toBeVisible()
      await take(patient, '04-doctors')
      await patient.getByRole('button', { name: new RegExp(await nameOf(doctor)) }).click()
      await patient.getByRole('dialog').getByRole('textbox').fill(text.first)
      await take(patient, '05-start')
      await startConsult(patient, await nameOf(doctor), text.first)
      await take(patient, '06-waiting')

      await expect(doctor.locator('.unread').first()).toBeVisible()
      await take(doctor, '07-doctor-list')
      await doctor.locator('.item').first().click()
      await expect(message(doctor, text.first)).toBeVisible()
      await take(doctor, '08-doctor-open')
      await doctor.locator('.header .el-button--primary').click()
      await expect(doctor.locator('.system').first()).toBeVisible()
      await say(doctor, text.ask)
      await say(patient, text.answer)
      await expect(message(doctor, text.answer)).toBeVisible()
      await composer(patient).pressSequentially(text.draft)
      await expect(doctor.getByTestId('presence')).toHaveClass(/writing/)
      await expect(patient.locator('.el-message')).toHaveCount(0)
      await expect(doctor.locator('.el-message')).toHaveCount(0)
      await take(doctor, '09-doctor-active')
      await take(patient, '10-patient-active')
      await files(patient, doctor, take)

      await cable.cut()
      await say(patient, text.draft)
      await expect(patient.getByTestId('reconnect-bar')).toBeVisible()
      await take(patient, '14-reconnecting')

      await doctor.locator('.header .el-button').last().click()
      await expect(doctor.locator('.el-message-box')).toBeVisible()
      await take(doctor, '11-finish')
      await doctor.locator('.el-message-box .el-button--primary').click()
      await expect(doctor.locator('div.closed')).toBeVisible()
      cable.mend()
      await expect(patient.locator('div.closed')).toBeVisible({ timeout: 30_000 })
      await expect(patient.locator('.message.failed')).toBeVisible()
      await take(patient, '15-failed')
      await patient.locator('.message.failed button').last().click()
      await take(patient, '12-closed')
      if (size === 'desktop') {
        await patient.locator('.user').click()
        await expect(patient.getByRole('menuitem').first()).toBeVisible()
        await take(patient, '16-menu')
        await patient.keyboard.press('Escape')
      }
      await patientPages(patient, take)
      const newcomer = await people.register(locale === 'en' ? 'Sam Lee' : '新患者', here)
      await expect(newcomer.locator('.state')).not.toHaveCount(0)
      await take(newcomer, '17-empty')
      for (const place of ['', 'appointments', 'history', 'notifications']) {
        await newcomer.goto(`/${place}`)
        await expect(newcomer.locator('main .state')).toBeVisible()
        await take(newcomer, `31-empty-${place || 'home'}`)
      }
      await newcomer.goto('/consults/con_0000000000')
      await expect(newcomer.getByRole('alert')).toBeVisible()
      await take(newcomer, '18-failure')

      await patient.goto('/nowhere')
      await expect(patient.locator('h2')).toBeVisible()
      await take(patient, '13-not-found')
    })

    test(`desk ${size} ${locale}`, async ({ people, server }) => {
      await deskScreens(server.url, people, { ...options, locale }, take)
    })

    test(`privacy ${size} ${locale}`, async ({ people }) => {
      await privacyScreens(people, { ...options, locale }, take)
    })

    test(`record ${size} ${locale}`, async ({ people }) => {
      await recordScreens(people, { ...options, locale }, take)
    })

    test(`pharmacist ${size} ${locale}`, async ({ people, server }) => {
      await rxScreens(server.url, people, { ...options, locale }, take)
    })
  }
}

for (const locale of ['zh-CN', 'en'] as const)
  test(`canvas ${locale}`, async ({ people }) => {
    await canvasScreens(people, { ...sizes['desktop'], locale }, { ...sizes['phone'], locale }, (page, name) =>
      page.screenshot({ path: `${DIR}/${locale.slice(0, 2)}-${name}.png`, animations: 'disabled' }),
    )
  })

/* Between two browsers of one machine media find a way through the relay alone. */
for (const locale of ['zh-CN', 'en'] as const)
  test(`call ${locale}`, async ({ browser }, info) => {
    test.slow()
    const turn = new Turn()
    await turn.start()
    const server = new Consultd(['--turn-url', turn.url, '--turn-secret-file', turn.secretFile])
    await server.start()
    const people = new People(browser, server.url, info.project.use)
    await callScreens(people, { ...sizes['desktop'], locale }, { ...sizes['phone'], locale }, (page, name) =>
      page.screenshot({ path: `${DIR}/${locale.slice(0, 2)}-${name}.png`, animations: 'disabled' }),
    )
    await people.leave()
    await server.stop()
    await turn.leave()
  })
