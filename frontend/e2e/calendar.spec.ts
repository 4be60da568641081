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

/* The next last Sunday of March or October, a fortnight ahead at least. */
function nextJump(): string {
  const now = Date.now() + 14 * DAY_MS
  for (let month = new Date(now).getUTCMonth(), year = new Date(now).getUTCFullYear(); ; month++) {
    const last = new Date(Date.UTC(year, month + 1, 0))
    last.setUTCDate(last.getUTCDate() - last.getUTCDay())
    if ([2, 9].includes(last.getUTCMonth()) && last.getTime() > now) return last.toISOString().slice(0, 10)
  }
}

test('a doctor moves to Berlin: hours and exceptions saved through the page are right across the jump', async ({
  people,
  server,
}) => {
  const rest = await Rest.login(server.url, 'doctor2')
  const path = `/doctors/${rest.user.id}`
  const { doctor } = (await rest.call('GET', path)) as { doctor: { title: string; tz: string; languages: string[] } }
  const { title, tz, languages } = doctor
  const sunday = nextJump()
  const after = dateOf(Date.parse(sunday) + DAY_MS)
  const page = await people.login('doctor2')
  const dialog = page.getByRole('dialog')
  const save = () => dialog.getByRole('button', { name: '保存' }).click()
  try {
    await page.goto('/hours')
    await page.getByRole('button', { name: '修改资料' }).click()
    await dialog.getByLabel('时区').fill('Europe/Nowhere')
    await save()
    await expect(dialog.getByRole('alert')).toContainText('请从列表中选择时区')
    await dialog.getByLabel('时区').fill('Europe/Berlin')
    await dialog.getByLabel('英语').setChecked(true)
    await check(page, 'profile')
    await save()
    await expect(dialog).toHaveCount(0)
    await expect(page.locator('.zone').first()).toContainText('中欧')

    for (const [day, weekday] of [
      [sunday, '星期日'],
      [after, '星期一'],
    ] as const) {
      await page.getByRole('button', { name: new RegExp(`添加.*${weekday}|${weekday}.*添加`) }).click()
      await dialog.locator('input[name=start]').fill('07:15')
      await dialog.locator('input[name=end]').fill('08:45')
      await dialog.locator('input[name=from]').fill(day)
      await dialog.locator('input[name=to]').fill(day)
      await save()
      await expect(dialog).toHaveCount(0)
    }
    await page.getByRole('button', { name: '添加临时调整' }).click()
    await dialog.getByLabel('类型').selectOption('off')
    for (const [name, value] of [
      ['from', sunday],
      ['from-time', '01:30'],
      ['to', sunday],
      ['to-time', '03:30'],
    ] as const)
      await dialog.locator(`input[name=${name}]`).fill(value)
    await save()
    await expect(dialog).toHaveCount(0)

    const { items: exceptions } = (await rest.call('GET', `${path}/exceptions`)) as {
      items: { id: string; startAt: string; endAt: string }[]
    }
    const mine = exceptions.find(({ startAt }) => startAt.startsWith(sunday) || dateOf(Date.parse(startAt)) === sunday)
    // Two hours by the clock: one less when it goes forward, one more when it goes back.
    const lasts = Date.parse(mine?.endAt ?? '') - Date.parse(mine?.startAt ?? '')
    expect(lasts / 3_600_000).toBe(sunday.slice(5, 7) === '03' ? 1 : 3)

    await page.goto('/calendar')
    const column = page.locator(`[data-date="${sunday}"]`)
    const weeks = Math.ceil((Date.parse(sunday) - Date.now()) / (7 * DAY_MS)) + 1
    for (let week = 0; week < weeks && (await column.count()) === 0; week++)
      await page.getByRole('button', { name: '后一周' }).click()
    const at = (part: string) =>
      column.locator(part).evaluateAll((all) =>
        all.map((one) => [one.style.getPropertyValue('--from'), one.style.getPropertyValue('--to')].map(Number)),
      )
    await expect(column.locator('.jump')).toHaveCount(1)
    await expect(page.locator('.offset').last()).toContainText(/GMT\+[12] → GMT\+[12]/)
    await expect(column.locator('.off')).toBeVisible()
    expect(await at('.off')).toEqual([[90, 210]])
    expect(await at('.open')).toContainEqual([435, 525])
    await check(page, 'a week with a jump')
  } finally {
    const { items: rules } = (await rest.call('GET', `${path}/rules`)) as { items: { id: string; start: string }[] }
    for (const { id, start } of rules) if (start === '07:15') await rest.call('DELETE', `${path}/rules/${id}`)
    const { items } = (await rest.call('GET', `${path}/exceptions`)) as { items: { id: string; startAt: string }[] }
    for (const { id, startAt } of items)
      if (startAt > after.slice(0, 8) || dateOf(Date.parse(startAt)) === sunday)
        await rest.call('DELETE', `${path}/exceptions/${id}`)
    await rest.call('PUT', path, { title, tz, languages })
  }
})
