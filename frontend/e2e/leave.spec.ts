/* A doctor falls ill: three patients are moved or called off, and all of it comes back. */
import { check } from './axe'
import { Rest, type Booked } from './rest'
import { expect, freshLogin, test } from './world'

const names = ['请假甲', '请假乙', '请假丙']

function dateOf(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10)
}

test('a leave meets three bookings: two are moved, one is called off, and it is undone', async ({
  people,
  server,
}) => {
  const patients: Rest[] = []
  const booked: Booked[] = []
  const at = new Date(Date.now() + 10 * 86_400_000)
  for (const name of names) {
    const rest = await Rest.register(server.url, freshLogin(), name)
    const doctor = await rest.doctor('王建国')
    const service = await rest.service(doctor, '视频复诊')
    const [slot = ''] = await rest.slots(doctor, service, at)
    booked.push(await rest.book(doctor, service, slot))
    patients.push(rest)
  }
  const date = dateOf(booked[0]?.startAt ?? '')
  const stateOf = async (which: number) => {
    const { items } = (await patients[which]?.call('GET', '/appointments')) as { items: Booked[] }
    return items.map(({ startAt, status }) => `${startAt} ${status}`).sort()
  }
  const before = await Promise.all(names.map((_, which) => stateOf(which)))

  const page = await people.login('doctor1')
  await page.goto('/leave')
  await page.locator('input[name=from]').fill(date)
  await page.locator('input[name=to]').fill(date)
  await page.getByRole('button', { name: '查看受影响的预约' }).click()
  await expect(page.getByText('结束必须晚于开始')).toBeVisible()
  await page.locator('input[name=to-time]').fill('23:59')
  await page.getByRole('button', { name: '查看受影响的预约' }).click()
  for (const name of names) await expect(page.getByRole('group', { name })).toBeVisible()

  await page.getByRole('button', { name: '全部取消' }).click()
  await expect(page.getByText('改期 0 个，取消 3 个')).toBeVisible()
  await page.getByRole('button', { name: '能改期的全部改期' }).click()
  await expect(page.getByText('改期 3 个，取消 0 个')).toBeVisible()
  await page.getByRole('group', { name: '请假丙' }).getByText('取消预约').click()
  await expect(page.getByText('改期 2 个，取消 1 个')).toBeVisible()

  // 请假乙 goes to a colleague, at a time that nobody proposed.
  await page.getByRole('group', { name: '请假乙' }).getByRole('button').click()
  const times = page.getByRole('dialog')
  await expect(times.locator('.slot').first()).toBeVisible()
  expect(((await times.locator('.slot').first().getAttribute('data-start')) ?? '') > `${date}T`).toBe(true)
  await times.getByLabel('医生').selectOption({ label: 'Emily Carter' })
  await times.locator('.day').last().click()
  const picked = (await times.locator('.slot').first().getAttribute('data-start')) ?? ''
  await check(page, 'another time')
  await times.locator('.slot').first().click()
  await expect(page.getByRole('group', { name: '请假乙' })).toContainText('由Emily Carter接诊')
  await page.getByText('患者会看到的内容').click()
  await expect(page.locator('.notices')).toContainText('由Emily Carter接诊')
  await expect(page.locator('.notices')).toContainText('预约已取消')
  await check(page, 'leave')
  await page.getByRole('button', { name: /确认请假并通知 3 位患者/ }).click()
  await expect(page.getByText('请填写原因')).toBeVisible()
  expect(await Promise.all(names.map((_, which) => stateOf(which)))).toEqual(before)

  await page.locator('input[name=reason]').fill('医生生病')
  await page.getByRole('button', { name: /确认请假并通知 3 位患者/ }).click()
  await expect(page.getByRole('heading', { name: '已请假，患者已收到通知' })).toBeVisible()
  const [first, second, third] = await Promise.all(names.map((_, which) => stateOf(which)))
  expect(first?.filter((state) => state.endsWith(' booked'))).toHaveLength(1)
  expect(
    first?.some((state) => state.startsWith(booked[0]?.startAt ?? '?') && state.endsWith(' booked')),
  ).toBe(false)
  expect(second).toContain(`${picked} booked`)
  expect(third?.join()).toContain('cancelled_by_clinic')

  await page.getByRole('button', { name: /^撤销/ }).first().click()
  await expect(page.getByText('已撤销').first()).toBeVisible()
  await expect(page.getByText('3 个预约已恢复原样')).toBeVisible()
  await expect(page.getByRole('heading', { name: '已请假，患者已收到通知' })).toHaveCount(0)
  for (const which of [0, 1, 2]) {
    const now = await stateOf(which)
    expect(now).toContain(`${booked[which]?.startAt} booked`)
    expect(now.filter((state) => state.endsWith(' booked'))).toHaveLength(1)
  }
})
