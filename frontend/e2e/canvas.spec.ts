/* Two who draw on the same canvas. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { conversation, expect, nameOf, test } from './world'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

const canvas = (page: Page) => page.getByTestId('canvas')
const surface = (page: Page) => page.getByTestId('canvas-surface')
const tool = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const drawings = (page: Page, count: number) =>
  expect(surface(page)).toHaveAccessibleName(new RegExp(` ${count} `))

async function openCanvas(page: Page) {
  await page.getByTestId('canvas-open').click()
  await expect(surface(page).locator('canvas').first()).toBeAttached()
}

/* In parts of what is seen of it. */
async function drag(page: Page, ...way: [x: number, y: number][]) {
  const box = await surface(page).boundingBox()
  if (!box) throw new Error('no canvas')
  const [first, ...rest] = way.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const)
  if (!first) return
  await page.mouse.move(...first)
  await page.mouse.down()
  for (const at of rest) await page.mouse.move(...at, { steps: 6 })
  await page.mouse.up()
}

const settled = (page: Page) => expect(canvas(page)).toHaveAttribute('data-waiting', '0')
const hash = (page: Page) => canvas(page).getAttribute('data-hash')

async function same(...pages: Page[]) {
  for (const page of pages) await settled(page)
  await expect
    .poll(async () => new Set(await Promise.all(pages.map((page) => hash(page)))).size, 'the same on all pages')
    .toBe(1)
}

test('a doctor and a patient draw, erase, undo, lock, on a photo of the chat', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '画梅', await people.newcomer(phone))
  await openCanvas(doctor)
  await openCanvas(patient)
  await check(doctor, 'canvas of a doctor')
  await check(patient, 'canvas of a patient')

  await drag(doctor, [0.2, 0.3], [0.5, 0.6], [0.7, 0.3])
  await drawings(patient, 1)
  await expect(patient.getByTestId('canvas-hand')).toContainText(await nameOf(doctor))
  await tool(patient, '箭头').click()
  await drag(patient, [0.3, 0.5], [0.6, 0.5])
  await drawings(doctor, 2)
  await same(doctor, patient)

  await tool(doctor, '橡皮').click()
  await drag(doctor, [0.45, 0.4], [0.45, 0.6])
  await drawings(patient, 0)
  await tool(doctor, '撤销我上一步').click()
  await drawings(patient, 1)

  await tool(doctor, '文字').click()
  await surface(doctor).click({ position: { x: 200, y: 200 } })
  await doctor.getByRole('textbox', { name: '输入文字' }).fill('这里疼')
  await doctor.keyboard.press('Enter')
  await tool(doctor, '测量').click()
  await doctor.getByLabel('已知长度').fill('30')
  await drag(doctor, [0.2, 0.8], [0.5, 0.8])
  await drawings(patient, 3)
  await same(doctor, patient)

  await tool(doctor, '仅我可画').click()
  await expect(patient.getByText('医生正在讲解')).toBeVisible()
  await expect(tool(patient, '画笔')).toBeDisabled()
  await drag(patient, [0.3, 0.5], [0.6, 0.9])
  await drawings(patient, 3)
  await tool(doctor, '仅我可画').click()
  await expect(tool(patient, '画笔')).toBeEnabled()
  await same(doctor, patient)
})
