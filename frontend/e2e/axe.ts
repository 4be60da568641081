/* axe-core on what a page shows now. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './world'

export async function check(page: Page, where: string) {
  // What is still fading in has not its colours yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  )
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const found = violations.map(
    ({ id, impact, nodes }) => `${where}: ${impact} ${id} ${nodes.map((node) => node.html).join(' ')}`,
  )
  expect(found).toEqual([])
}
