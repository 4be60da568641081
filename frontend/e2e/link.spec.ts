/* Connections that are not as one wishes. */
import { Cable } from './cable'
import { Consultd } from './consultd'
import { conversation, expect, message, People, say, startConsult, nameOf, test, tick } from './world'

test('where WebSocket is blocked the pages talk by polling', async ({ people }) => {
  const doctor = await people.login('doctor1')
  const patient = await people.newcomer()
  await patient.routeWebSocket(/socket\.io/, (socket) => socket.close())
  await people.registerIn(patient, '钱穆')
  const polled = patient.waitForRequest(/transport=polling/)
  await startConsult(patient, await nameOf(doctor), '公司网络')
  await polled
  await doctor.getByRole('link', { name: /钱穆/ }).first().click()
  await say(doctor, '收到了')
  await expect(message(patient, '收到了')).toHaveCount(1)
  await say(patient, '我也收到了')
  await expect(message(doctor, '我也收到了')).toHaveCount(1)
})

test('an answer that got lost is asked for again, and the message is there once', async ({ people }) => {
  const page = await people.newcomer()
  const cable = await Cable.on(page)
  const { doctor, patient } = await conversation(people, '白露', page)
  cable.deafen(true)
  await say(patient, '回执丢了')
  await expect(message(doctor, '回执丢了')).toHaveCount(1)
  await expect(tick(patient, '回执丢了')).toHaveAttribute('data-tick', 'waiting')
  await cable.cut()
  cable.deafen(false)
  cable.mend()
  await expect(tick(patient, '回执丢了')).toHaveAttribute('data-tick', 'read', { timeout: 20_000 })
  await say(patient, '下一条')
  for (const each of [patient, doctor])
    await expect(each.locator('.message .text')).toHaveText(['医生您好', '回执丢了', '下一条'])
})

test('what was missed while the line was cut comes with the reconnect, in order', async ({ people }) => {
  const page = await people.newcomer()
  const cable = await Cable.on(page)
  const { doctor, patient } = await conversation(people, '金铃', page)
  await cable.cut()
  await expect(patient.getByTestId('reconnect-bar')).toBeVisible()
  for (const text of ['一', '二', '三']) await say(doctor, text)
  await say(patient, '地铁里写的')
  await expect(tick(patient, '地铁里写的')).toHaveAttribute('data-tick', 'waiting')
  cable.mend()
  await expect(patient.getByTestId('reconnect-bar')).toBeHidden({ timeout: 20_000 })
  for (const each of [patient, doctor])
    await expect(each.locator('.message .text')).toHaveText(['医生您好', '一', '二', '三', '地铁里写的'])
})

test('a message refused for good says why, and can be deleted', async ({ people }) => {
  const page = await people.newcomer()
  const cable = await Cable.on(page)
  const { doctor, patient } = await conversation(people, '杜仲', page)
  await cable.cut()
  await say(patient, '来晚了')
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await doctor.getByRole('dialog').getByRole('button', { name: '结束问诊' }).click()
  await expect(doctor.getByText('本次问诊已结束')).toBeVisible()
  cable.mend()
  await expect(message(patient, '来晚了').getByRole('alert')).toContainText('问诊已经结束', {
    timeout: 20_000,
  })
  await message(patient, '来晚了').getByRole('button', { name: '删除' }).click()
  await expect(message(patient, '来晚了')).toHaveCount(0)
  await patient.reload()
  await expect(patient.locator('.message .text')).toHaveText(['医生您好'])
})

test('two tabs live on while their tokens end one after the other', async ({ browser, server }, info) => {
  test.skip(!server.own, 'needs a server with tokens that last 6 s')
  test.slow()
  const short = new Consultd(['--access-token-s', '6'])
  await short.start()
  const people = new People(browser, short.url, info.project.use)
  try {
    const { doctor, patient } = await conversation(people, '秦岚')
    const second = await patient.context().newPage()
    await second.goto(patient.url())
    await expect(message(second, '医生您好')).toHaveCount(1)
    // A new connection has no sid yet.
    const handshake = /\/socket\.io\/(?!.*sid=)/
    const lost: string[] = []
    for (const page of [patient, second, doctor])
      for (const event of ['websocket', 'request'] as const)
        page.on(event as 'request', (opened) => handshake.test(opened.url()) && lost.push(opened.url()))
    const first = await patient.evaluate(() => localStorage.getItem('consultd.session'))

    await patient.waitForTimeout(20_000)
    expect(await patient.evaluate(() => localStorage.getItem('consultd.session'))).not.toBe(first)
    await say(patient, '还在吗')
    for (const page of [second, doctor]) await expect(message(page, '还在吗')).toHaveCount(1)
    await say(second, '都在')
    for (const page of [patient, doctor]) await expect(message(page, '都在')).toHaveCount(1)
    expect(lost).toEqual([])
  } finally {
    await people.leave()
    await short.stop()
  }
})
