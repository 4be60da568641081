/* A canvas in pictures: the doctor at a desk, the patient with a phone. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { drag, drawings, openCanvas, surface } from './canvas'
import { expect, nameOf, openConsult, startConsult, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

export async function canvasScreens(
  people: People,
  desk: BrowserContextOptions,
  phone: BrowserContextOptions,
  take: Take,
) {
  const zh = desk.locale !== 'en'
  const doctor = await people.login('doctor1', desk)
  const name = zh ? '何画' : 'Tom Draw'
  const patient = await people.register(name, phone)
  await startConsult(patient, await nameOf(doctor), zh ? '腰这里疼' : 'It hurts here')
  await openConsult(doctor, name)
  await doctor.locator('.header .el-button--primary').click()
  for (const page of [doctor, patient]) await openCanvas(page)
  const button = (page: Page, chinese: string, english: string) =>
    page.getByRole('button', { name: zh ? chinese : english, exact: true })

  await button(doctor, '背景', 'Background').click()
  await take(doctor, '61-canvas-ground')
  await doctor.getByRole('button', { name: zh ? '人体图' : 'Body map' }).click()
  await drag(doctor, [0.66, 0.47], [0.7, 0.44], [0.74, 0.47], [0.7, 0.52], [0.66, 0.48])
  await button(doctor, '箭头', 'Arrow').click()
  await button(doctor, '蓝色', 'Blue').click()
  await drag(doctor, [0.86, 0.3], [0.76, 0.44])
  await button(doctor, '文字', 'Text').click()
  const box = await surface(doctor).boundingBox()
  await surface(doctor).click({ position: { x: (box?.width ?? 0) * 0.8, y: (box?.height ?? 0) * 0.24 } })
  await doctor.getByRole('textbox', { name: zh ? '输入文字' : 'Your words' }).fill(zh ? '从这里放射到腿' : 'into the leg')
  await doctor.keyboard.press('Enter')
  await button(doctor, '测量', 'Measure').click()
  await drag(doctor, [0.22, 0.35], [0.36, 0.35])
  await drawings(patient, / 4 |4 drawings/)
  await drag(patient, [0.62, 0.6], [0.66, 0.64], [0.64, 0.7])
  await drawings(doctor, / 5 |5 drawings/)
  await expect(patient.getByTestId('canvas-hand')).toBeVisible()
  await take(doctor, '62-canvas-doctor')
  await take(patient, '62-canvas-patient')
  await button(doctor, '仅我可画', 'Only I draw').click()
  await expect(button(patient, '画笔', 'Pen')).toBeDisabled()
  await take(patient, '63-canvas-locked')
  await button(doctor, '存为图片', 'Save as a picture').click()
  await expect(doctor.locator('[data-card-type=board] img')).toBeVisible()
  await doctor.getByTestId('canvas-open').click()
  await take(doctor, '64-canvas-card')
}
