/* Connections that are not as one wishes. */
import { Consultd } from './consultd'
import { conversation, expect, message, People, say, startConsult, nameOf, test } from './world'

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

test('what the network swallows is sent again, and is there once', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '白露')
  await patient.context().setOffline(true)
  await say(patient, '地铁里写的')
  await expect(message(patient, '地铁里写的').locator('[data-tick]')).toHaveAttribute('data-tick', 'waiting')
  await patient.context().setOffline(false)
  await expect(message(doctor, '地铁里写的')).toHaveCount(1, { timeout: 30_000 })
  await expect(message(patient, '地铁里写的')).toHaveCount(1)
  await expect(message(patient, '地铁里写的').locator('[data-tick=waiting]')).toHaveCount(0)
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
