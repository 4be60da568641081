/* How hands draw, and when all pages show the same. */
import type { Page } from '@playwright/test'
import { expect } from './world'

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

export const canvas = (page: Page) => page.getByTestId('canvas')
export const surface = (page: Page) => page.getByTestId('canvas-surface')
export const tool = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
export const drawings = (page: Page, count: number | RegExp) =>
  expect(surface(page)).toHaveAccessibleName(typeof count === 'number' ? new RegExp(` ${count} `) : count)

export async function openCanvas(page: Page) {
  await page.getByTestId('canvas-open').click()
  await expect(surface(page).locator('canvas').first()).toBeAttached()
}

/* In parts of what is seen of it. */
export async function drag(page: Page, ...way: [x: number, y: number][]) {
  const box = await surface(page).boundingBox()
  if (!box) throw new Error('no canvas')
  const [first, ...rest] = way.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const)
  if (!first) return
  await page.mouse.move(...first)
  await page.mouse.down()
  for (const at of rest) await page.mouse.move(...at, { steps: 4 })
  await page.mouse.up()
}

export const settled = (page: Page) => expect(canvas(page)).toHaveAttribute('data-waiting', '0', { timeout: 30_000 })
export const hash = (page: Page) => canvas(page).getAttribute('data-hash')

export async function same(...pages: Page[]) {
  for (const page of pages) await settled(page)
  await expect
    .poll(async () => new Set(await Promise.all(pages.map((page) => hash(page)))).size, { message: 'the same on all pages', timeout: 30_000 })
    .toBe(1)
}

