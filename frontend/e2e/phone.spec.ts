/* 390 px wide, by touch. */
import type { Page } from '@playwright/test'
import { phonePhoto } from './pictures'
import { composer, expect, fits, message, nameOf, openConsult, startConsult, test } from './world'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/* Whatever can be tapped is a target of 44 px, links inside a sentence excepted. */
async function smallTargets(page: Page) {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'button, a, input:not([type=hidden]), textarea, [role=menuitem]',
      ),
    ]
      .filter(
        (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.skip, p'),
      )
      .map((element) => ({
        element,
        box: (element.closest('.el-input__wrapper') ?? element).getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`),
  )
}

test('list and consult are two screens, and nothing is too wide or too small', async ({ people }) => {
  const doctor = await people.login('doctor1', phone)
  const patient = await people.register('田野', phone)
  await fits(patient)
  await startConsult(
    patient,
    await nameOf(doctor),
    '手机上发的，'.repeat(20) + 'averylongwordwithoutanyspace'.repeat(8),
  )
  for (const page of [patient, doctor]) {
    await fits(page)
    expect(await smallTargets(page)).toEqual([])
  }

  await openConsult(doctor, '田野')
  await expect(doctor.getByRole('region', { name: '问诊列表' })).toBeHidden()
  await expect(doctor.locator('.app-header')).toBeHidden()
  await doctor.getByRole('button', { name: '接诊' }).tap()
  await expect(doctor.getByRole('button', { name: '结束问诊' })).toBeVisible()
  await composer(doctor).fill('收到')
  await doctor.getByRole('button', { name: '发送' }).tap()
  await expect(message(patient, '收到')).toBeInViewport()
  await fits(doctor)
  expect(await smallTargets(doctor)).toEqual([])
  const box = await composer(doctor).boundingBox()
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(844)

  await doctor.getByRole('link', { name: '返回问诊列表' }).tap()
  await expect(doctor.getByRole('link', { name: /田野/ }).first()).toBeVisible()
  await expect(composer(doctor)).toHaveCount(0)
})

test('when the keyboard takes half the screen the last message stays in sight', async ({ people }) => {
  const doctor = await people.login('doctor1', phone)
  const patient = await people.register('石磊', phone)
  await startConsult(patient, await nameOf(doctor), '第一句')
  for (let at = 1; at <= 12; at++) {
    await composer(patient).fill(`第 ${at} 条`)
    await patient.getByRole('button', { name: '发送' }).tap()
    await expect(message(patient, `第 ${at} 条`).last()).toBeInViewport()
  }
  await patient.setViewportSize({ width: 390, height: 480 })
  await expect(message(patient, '第 12 条')).toBeInViewport()
  await expect(composer(patient)).toBeInViewport()
})

test('the longer words of English fit too', async ({ people }) => {
  const doctor = await people.login('doctor1', { ...phone, locale: 'en' })
  await doctor.goto('/hours')
  await expect(doctor.getByRole('heading', { level: 1 })).toBeVisible()
  await fits(doctor)
  expect(await smallTargets(doctor)).toEqual([])
})

test('files and voice notes fit a hand', async ({ people }) => {
  const doctor = await people.login('doctor1', phone)
  const patient = await people.register('白桦', phone)
  await startConsult(patient, await nameOf(doctor), '给您看照片')
  const buffer = await phonePhoto(patient, 1200, 1600)
  await patient.getByTestId('file-input').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer })
  await expect(patient.locator('.tray img')).toBeVisible()
  await fits(patient)
  expect(await smallTargets(patient)).toEqual([])
  await patient.getByRole('button', { name: /^发送（1）$/ }).tap()
  // Held, and let go.
  const record = await patient.getByRole('button', { name: /^录语音/ }).boundingBox()
  await patient.mouse.move((record?.x ?? 0) + 20, (record?.y ?? 0) + 20)
  await patient.mouse.down()
  await expect(patient.getByTestId('note-time')).toContainText('0:01')
  await fits(patient)
  expect(await smallTargets(patient)).toEqual([])
  await patient.mouse.up()
  await expect(patient.locator('.voice')).toBeVisible()
  await expect(patient.locator('.message .open img')).toBeVisible()
  await fits(patient)
  expect(await smallTargets(patient)).toEqual([])
  await patient.locator('.message .open').tap()
  await expect(patient.locator('.lightbox img')).toBeVisible()
  await fits(patient)
  expect(await smallTargets(patient)).toEqual([])
})
