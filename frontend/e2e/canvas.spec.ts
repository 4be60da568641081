/* Two who draw on the same canvas. */
import { check } from './axe'
import { canvas, drag, drawings, hash, openCanvas, phone, same, surface, tool } from './canvas'
import { Cable } from './cable'
import { phonePhoto } from './pictures'
import { Rest } from './rest'
import { conversation, expect, message, messages, nameOf, say, test } from './world'
import type { Page } from '@playwright/test'

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

test('a photo of the chat is drawn on and saved; two fingers move it, one draws', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '照片', await people.newcomer(phone))
  const photo = { name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: await phonePhoto(patient, 800, 600) }
  await patient.getByTestId('file-input').setInputFiles(photo)
  await patient.getByRole('button', { name: /^发送（\d+）$/ }).click()
  await expect(messages(doctor).locator('.open img')).toBeVisible()
  await openCanvas(doctor)
  await openCanvas(patient)
  await tool(doctor, '背景').click()
  const grounds = doctor.getByTestId('canvas-ground')
  await expect(grounds.getByRole('img')).toBeVisible()
  await check(doctor, 'backgrounds of a canvas')
  await grounds.getByRole('img').click()
  await expect(grounds).toBeHidden()

  const box = await surface(patient).boundingBox()
  const [x, y] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + 300]
  const hand = await patient.context().newCDPSession(patient)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
    hand.send('Input.dispatchTouchEvent', { type, touchPoints })
  await touch('touchStart', { x, y })
  await touch('touchMove', { x: x + 30, y: y + 10 })
  await touch('touchStart', { x: x + 30, y: y + 10 }, { x: x + 80, y })
  await touch('touchMove', { x: x + 10, y }, { x: x + 140, y })
  await touch('touchEnd')
  await expect(tool(patient, '缩小')).toBeEnabled()
  await drawings(patient, 0)
  await touch('touchStart', { x, y })
  await touch('touchMove', { x: x + 60, y: y + 40 })
  await touch('touchEnd')
  await drawings(doctor, 1)
  await same(doctor, patient)

  await tool(doctor, '存为图片').click()
  const card = doctor.locator('[data-card-type=board] img')
  await expect(card).toBeVisible()
  // The pixel in the middle is the photo's, the corner is paper.
  const [middle, corner] = await card.evaluate(async (image: HTMLImageElement) => {
    await image.decode()
    const all = Object.assign(document.createElement('canvas'), { width: 1600, height: 1000 })
    const pen = all.getContext('2d')
    pen?.drawImage(image, 0, 0)
    return [[800, 500], [5, 5]].map(([px = 0, py = 0]) => Array.from(pen?.getImageData(px, py, 1, 1).data ?? []))
  })
  expect(corner?.slice(0, 3).every((part) => part > 250)).toBe(true)
  expect(middle).not.toEqual(corner)
  await patient.getByTestId('canvas-open').click()
  await expect(patient.locator('[data-card-type=board] img')).toBeVisible()
  await say(patient, '看到了')
  await expect(message(doctor, '看到了')).toBeVisible()
})

/* What a hand may do next. */
async function doodle(page: Page, next: () => number, until: number) {
  const tools = ['画笔', '画笔', '画笔', '箭头', '橡皮']
  while (Date.now() < until) {
    const undo = tool(page, '撤销我上一步')
    if (next() < 0.15 && (await undo.isEnabled())) {
      await undo.click()
      continue
    }
    if (next() < 0.4) await tool(page, tools[Math.floor(next() * tools.length)] ?? '画笔').click()
    await drag(page, [next(), next()], [next(), next()])
  }
}

/* The same numbers again for the same seed, which the report names. */
function numbers(seed: number) {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
}

const RACE_S = Number(process.env['CANVAS_RACE_S'] ?? 5)

test('whatever is late, lost or killed meanwhile, all see the same in the end', async ({ people, server }, info) => {
  test.skip(!server.own, 'the server is not ours to kill')
  test.setTimeout(120_000 + RACE_S * 4_000)
  const seed = Number(process.env['CANVAS_SEED'] ?? Date.now() % 1_000_000)
  info.annotations.push({ type: 'seed', description: String(seed) })
  const pages = [await people.newcomer(), await people.newcomer(), await people.newcomer()] as const
  const cables = await Promise.all(pages.map((page) => Cable.on(page)))
  const [patient, doctor, late] = pages
  await conversation(people, '乱画', patient)
  const address = new URL(patient.url()).pathname
  for (const page of [doctor, late]) await people.loginIn(page, 'doctor1')
  await doctor.goto(address)
  await openCanvas(doctor)
  await openCanvas(patient)
  for (const cable of cables) cable.delay(0.3)

  const end = Date.now() + RACE_S * 1_000
  const drawing = [doodle(patient, numbers(seed), end), doodle(doctor, numbers(seed + 1), end)]
  await drawings(doctor, /[1-9]/)
  await patient.waitForTimeout(RACE_S * 300)
  await server.kill()
  await server.start()
  await late.goto(address)
  await openCanvas(late)
  drawing.push(doodle(late, numbers(seed + 2), end))
  await Promise.all(drawing)

  const rest = await Rest.login(server.url, 'doctor1')
  const truth = async () => (await rest.call('GET', `/consultations/${address.split('/').at(-1)}/board`)) as { hash: string; seq: number }
  await same(...pages)
  await expect.poll(async () => (await truth()).hash === (await hash(patient)), 'as the server has it').toBe(true)
  const { hash: settledHash, seq } = await truth()
  expect(seq).toBeGreaterThan(5)
  for (const page of pages) {
    await expect(canvas(page)).toHaveAttribute('data-seq', String(seq))
    await page.reload()
    await openCanvas(page)
    await expect(canvas(page)).toHaveAttribute('data-hash', settledHash)
  }
})
