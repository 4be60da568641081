/* The server dies without a goodbye, and comes back. */
import { composer, conversation, expect, message, say, test, tick } from './world'

test.beforeEach(({ server }) => test.skip(!server.own, 'the server is not ours to kill'))

test('both pages recover by themselves, nothing is lost or doubled', async ({ people, server }) => {
  test.slow()
  const { doctor, patient } = await conversation(people, '沈默')
  const said = ['医生您好']

  for (const round of [1, 2, 3]) {
    const [before, down, doctorDown, after] = [
      `${round} 之前`,
      `${round} 断开时`,
      `${round} 医生断开时`,
      `${round} 之后`,
    ]
    await say(patient, before)
    await expect(message(doctor, before)).toHaveCount(1)

    await server.kill()
    await say(patient, down)
    await expect(tick(patient, down)).toHaveAttribute('data-tick', 'waiting')
    await say(doctor, doctorDown)
    await expect(tick(doctor, doctorDown)).toHaveAttribute('data-tick', 'waiting')
    for (const page of [doctor, patient]) await expect(page.getByTestId('reconnect-bar')).toBeVisible()

    await server.start()
    for (const page of [doctor, patient]) {
      await expect(page.getByTestId('reconnect-bar')).toBeHidden({ timeout: 20_000 })
      await expect(message(page, down).locator('[data-tick=waiting]')).toHaveCount(0)
      await expect(message(page, `${round} 医生断开时`)).toHaveCount(1)
    }
    await expect(message(doctor, down).filter({ hasNotText: '医生' })).toHaveCount(1)
    await say(doctor, after)
    await expect(message(patient, after)).toHaveCount(1)
    said.push(before, down, doctorDown, after)
  }

  const [left, right] = await Promise.all(
    [doctor, patient].map((page) => page.locator('.message .text').allInnerTexts()),
  )
  expect(left).toEqual(right)
  expect([...(left ?? [])].sort()).toEqual([...said].sort())
  await patient.reload()
  await expect(patient.locator('.message .text')).toHaveText(left ?? [])
})

test('what was written while the server was down goes out after the tab was closed, once', async ({
  people,
  server,
}) => {
  test.slow()
  const { doctor, patient } = await conversation(people, '唐宁')
  const address = patient.url()
  await server.kill()
  await say(patient, '关掉窗口也要送到')
  await expect(tick(patient, '关掉窗口也要送到')).toHaveAttribute('data-tick', 'waiting')
  await composer(patient).fill('还有半句')
  const again = await patient.context().newPage()
  await patient.close()

  await server.start()
  await again.goto(address)
  await expect(message(again, '关掉窗口也要送到')).toHaveCount(1)
  await expect(tick(again, '关掉窗口也要送到')).not.toHaveAttribute('data-tick', 'waiting')
  await expect(composer(again)).toHaveValue('还有半句')
  await expect(message(doctor, '关掉窗口也要送到')).toHaveCount(1, { timeout: 20_000 })
  await again.reload()
  await expect(again.locator('.message .text')).toHaveText(['医生您好', '关掉窗口也要送到'])
})
