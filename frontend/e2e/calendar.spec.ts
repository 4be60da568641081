/* The week of a doctor: an appointment is moved by mouse, by keys and by the dialog, never before it was confirmed. */
import type { Page } from '@playwright/test'
import { check } from './axe'
import { Rest, type Booked } from './rest'
import { expect, freshLogin, test } from './world'

const DAY_MS = 86_400_000

function block(page: Page, name: string) {
  return page.getByRole('button', { name: new RegExp(name) }).and(page.locator('.block'))
}

/* Booked for the Wednesday of the week after next, so that the whole week lies ahead. */
async function booking(url: string, name: string, which: number) {
  const rest = await Rest.register(url, freshLogin(), name)
  const doctor = await rest.doctor('王建国')
  const service = await rest.service(doctor, '视频复诊')
  const today = new Date()
  const wednesday = new Date(today.getTime() + (14 + 3 - (today.getUTCDay() || 7)) * DAY_MS)
  wednesday.setUTCHours(0, 0, 0, 0)
  const slots = await rest.slots(doctor, service, wednesday)
  return { rest, booked: await rest.book(doctor, service, slots[which] ?? '') }
}

async function startsOf(rest: Rest): Promise<string[]> {
  const { items } = (await rest.call('GET', '/appointments')) as { items: Booked[] }
  return items.filter(({ status }) => status === 'booked').map(({ startAt }) => startAt)
}

/* In the doctor's zone. */
function dateOf(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)
}

async function openWeek(page: Page) {
  await page.goto('/calendar')
  for (let weeks = 0; weeks < 2; weeks++) await page.getByRole('button', { name: '后一周' }).click()
}

function later(instant: string, days: number, minutes: number): string {
  return `${new Date(Date.parse(instant) + days * DAY_MS + minutes * 60_000).toISOString().slice(0, 19)}Z`
}

test('dragged by mouse: the notices first, then the move', async ({ people, server }) => {
  const { rest, booked } = await booking(server.url, '拖动患者', 0)
  const page = await people.login('doctor1')
  await openWeek(page)
  const one = block(page, '拖动患者')
  await one.scrollIntoViewIfNeeded()
  const from = await one.boundingBox()
  const day = await page.locator('.column').nth(3).boundingBox()
  if (!from || !day) throw new Error('there is nothing to drag')
  const drag = async () => {
    await page.mouse.move(from.x + 20, from.y + 8)
    await page.mouse.down()
    await page.mouse.move(from.x + 30, from.y + 20)
    // 20 minutes down, at 1.6 px a minute, and a day to the right.
    await page.mouse.move(day.x + day.width / 2, from.y + 8 + 32, { steps: 4 })
    await expect(page.getByTestId('ghost')).toBeVisible()
    await page.mouse.up()
  }

  await drag()
  await expect(page.getByRole('dialog')).toContainText('立即通知拖动患者')
  await expect(page.getByRole('dialog')).toContainText('24 小时后就诊')
  await check(page, 'move')
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  expect(await startsOf(rest)).toEqual([booked.startAt])

  await drag()
  await page.getByRole('button', { name: '改期并通知' }).click()
  await expect(page.getByText(/^已改到/)).toBeVisible()
  expect(await startsOf(rest)).toEqual([later(booked.startAt, 1, 20)])
  await expect(block(page, '拖动患者')).toHaveCount(1)
  await check(page, 'calendar')
})

test('carried by keys; a taken time is refused and another one offered', async ({ people, server }) => {
  const { rest, booked } = await booking(server.url, '键盘患者', 2)
  const other = await booking(server.url, '占位患者', 6)
  const page = await people.login('doctor1')
  await openWeek(page)
  await block(page, '键盘患者').focus()
  await page.keyboard.press('m')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByTestId('ghost')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('ghost')).toHaveCount(0)
  await page.keyboard.press('m')
  await page.keyboard.press('ArrowRight')
  for (let steps = 0; steps < 4; steps++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '改期并通知' }).click()
  await expect(page.getByText(/^已改到/)).toBeVisible()
  expect(await startsOf(rest)).toEqual([later(booked.startAt, 1, 20)])

  await block(page, '键盘患者').click()
  await page.getByRole('dialog').getByRole('button', { name: '改期…' }).click()
  const at = new Date(Date.parse(other.booked.startAt) + 8 * 3_600_000).toISOString()
  await page.locator('input[name=date]').fill(at.slice(0, 10))
  await page.locator('input[name=time]').fill(at.slice(11, 16))
  await expect(page.getByRole('dialog')).toContainText('已有预约')
  await page.getByRole('button', { name: '改期并通知' }).click()
  const instead = page.getByRole('group', { name: '附近可以选择的时间' })
  await instead.getByRole('button').first().click()
  await page.getByRole('button', { name: '改期并通知' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await startsOf(rest)).not.toEqual([later(booked.startAt, 1, 20)])
})

test('on a phone it is one day, nothing is too wide, and a finger drags what it has rested on', async ({
  people,
  server,
}) => {
  const { rest, booked } = await booking(server.url, '手指患者', 12)
  const page = await people.login('doctor1', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  for (const path of ['/today', '/calendar', '/hours', '/leave']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    await check(page, path)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390)
  }
  await page.goto('/calendar')
  await expect(page.locator('.column')).toHaveCount(1)
  const days = (Date.parse(dateOf(Date.parse(booked.startAt))) - Date.parse(dateOf(Date.now()))) / DAY_MS
  for (let day = 0; day < days; day++) await page.getByRole('button', { name: '后一天' }).tap()
  await expect(page.locator('.column')).toHaveCount(1)

  const one = block(page, '手指患者')
  await one.scrollIntoViewIfNeeded()
  const place = async () => {
    const box = await one.boundingBox()
    if (!box) throw new Error('there is nothing to drag')
    return { x: box.x + 40, y: box.y + 10 }
  }
  const fingers = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
    fingers.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] })

  const top = () => page.locator('main').evaluate((main) => main.scrollTop)

  // What was rested on is dragged: 20 minutes down, at 2.4 px a minute.
  const rested = await place()
  await touch('touchStart', rested)
  await expect(page.getByTestId('ghost')).toBeVisible()
  const still = await top()
  for (const down of [12, 24, 36, 48]) await touch('touchMove', { x: rested.x, y: rested.y + down })
  expect(await top()).toBe(still)
  await touch('touchEnd')
  await expect(page.getByRole('dialog')).toContainText('立即通知手指患者')
  await page.getByRole('button', { name: '改期并通知' }).tap()
  await expect(page.getByText(/^已改到/)).toBeVisible()
  expect(await startsOf(rest)).toEqual([later(booked.startAt, 0, 20)])

  // A finger that moves on scrolls.
  const [before, from] = [await top(), await place()]
  await touch('touchStart', from)
  for (const up of [20, 60, 100, 140]) await touch('touchMove', { x: from.x, y: from.y - up })
  await touch('touchEnd')
  await expect.poll(top).not.toBe(before)
  await expect(page.getByTestId('ghost')).toHaveCount(0)
})
