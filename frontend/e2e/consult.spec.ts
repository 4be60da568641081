import type { Page } from '@playwright/test'
import { check } from './axe'
import {
  composer,
  conversation,
  expect,
  message,
  messages,
  nameOf,
  openConsult,
  say,
  startConsult,
  test,
  tick,
} from './world'

test('a consult starts: the doctor sees it at once and accepts', async ({ people }) => {
  const doctor = await people.login('doctor1')
  const patient = await people.register('陈静')
  await startConsult(patient, await nameOf(doctor), '医生您好，我头疼 🤕')
  await expect(patient.getByText('已通知医生')).toBeVisible()
  // The chat has all the room there is.
  const widths = await Promise.all(['.consult', '#pane-chat'].map((part) => patient.locator(part).boundingBox()))
  expect(widths[1]?.width).toBe(widths[0]?.width)

  const row = doctor.getByRole('link', { name: /陈静/ }).first()
  await expect(row).toContainText('医生您好，我头疼 🤕')
  await expect(row).toContainText('1 条未读')
  await row.click()
  await expect(message(doctor, '医生您好，我头疼 🤕')).toBeVisible()
  await doctor.getByRole('button', { name: '接诊' }).click()
  await expect(patient.locator('.header').getByText('问诊中')).toBeVisible()
  await expect(patient.getByText('已通知医生')).toBeHidden()
})

test('Chinese and emoji go both ways, each once and in order', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '刘洋')
  const said = ['体温多少？', '38.5℃ 👨‍👩‍👧‍👦 𠮷', '多喝水，\n好好休息', '<b>谢谢</b> & "再见"']
  for (const [at, text] of said.entries()) {
    const [from, to] = at % 2 === 0 ? [doctor, patient] : [patient, doctor]
    await say(from, text)
    await expect(messages(to).last().locator('.text')).toHaveText(text)
  }
  for (const page of [doctor, patient])
    await expect(page.locator('.message .text')).toHaveText(['医生您好', ...said])
})

test('a message is answered, and taken back; both see it', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '孟回')
  await say(patient, '38.5℃，从昨晚开始')
  await message(doctor, '38.5℃').hover()
  await message(doctor, '38.5℃').getByRole('button', { name: '回复' }).click()
  await expect(doctor.getByTestId('reply')).toContainText('孟回 38.5℃')
  await doctor.keyboard.type('吃过退烧药吗？')
  await doctor.keyboard.press('Enter')
  await expect(doctor.getByTestId('reply')).toBeHidden()
  await expect(message(patient, '吃过退烧药吗').locator('.answered')).toContainText('38.5℃，从昨晚开始')

  await say(patient, '没有，发错了')
  await expect(message(doctor, '发错了')).toBeVisible()
  await message(patient, '发错了').hover()
  await message(patient, '发错了').getByRole('button', { name: '撤回' }).click()
  for (const page of [doctor, patient]) {
    await expect(messages(page).last()).toContainText('消息已撤回')
    await expect(message(page, '发错了')).toHaveCount(0)
  }

  await doctor.getByRole('button', { name: '常用语' }).click()
  await doctor.getByRole('button', { name: '编辑' }).click()
  await doctor.getByRole('button', { name: '保存' }).click()
  await doctor.getByRole('button', { name: /^孟回，您好/ }).click()
  await expect(composer(doctor)).toHaveValue(/^孟回，您好/)
})

test('ticks tell how far a message got: saved, delivered, read', async ({ people }) => {
  const scout = await people.login('doctor2')
  const doctorName = await nameOf(scout)
  await scout.context().close()
  const patient = await people.register('孙丽')
  await startConsult(patient, doctorName, '有人在吗')
  await expect(tick(patient, '有人在吗')).toHaveAttribute('data-tick', 'saved')

  const doctor = await people.login('doctor2')
  await expect(tick(patient, '有人在吗')).toHaveAttribute('data-tick', 'delivered')
  await openConsult(doctor, '孙丽')
  await expect(tick(patient, '有人在吗')).toHaveAttribute('data-tick', 'read')
  await expect(tick(patient, '有人在吗')).toContainText('已读')
})

test('typing and presence are seen by the other', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '周杰')
  const presence = doctor.getByTestId('presence')
  await expect(presence).toHaveText('在线')
  await composer(patient).pressSequentially('我想问')
  await expect(presence).toHaveText('正在输入…')
  await composer(patient).fill('')
  await expect(presence).toHaveText('在线')
  await patient.goto('/doctors')
  await expect(presence).toHaveText('离线', { timeout: 25_000 })
})

test('a reload keeps the history and the draft', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '吴刚')
  await say(doctor, '请把化验单的结果写给我')
  await expect(message(patient, '请把化验单的结果写给我')).toBeVisible()
  await composer(patient).fill('白细胞 11.2')
  await patient.reload()
  await expect(patient.locator('.message .text')).toHaveText(['医生您好', '请把化验单的结果写给我'])
  await expect(composer(patient)).toHaveValue('白细胞 11.2')
  await composer(patient).press('Enter')
  await expect(message(doctor, '白细胞 11.2')).toHaveCount(1)
  await patient.reload()
  await expect(composer(patient)).toHaveValue('')
})

test('unread messages are counted, marked by a line, and gone when read', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '郑爽')
  await patient.goto('/doctors')
  for (const text of ['第一条', '第二条', '第三条']) await say(doctor, text)
  await expect(tick(doctor, '第三条')).toHaveAttribute('data-tick', 'delivered')
  await expect(patient).toHaveTitle(/^\(3\) /)
  await patient.getByRole('navigation').getByRole('link', { name: /问诊/ }).click()
  const row = patient.locator('.item').filter({ hasText: await nameOf(doctor) }).first()
  await expect(row).toContainText('3 条未读')
  await expect(row).toContainText('第三条')
  await row.click()
  await expect(patient.locator('[data-unread] + .message')).toContainText('第一条')
  await expect(patient).not.toHaveTitle(/^\(/)
  await expect(row).not.toContainText('未读')
  await say(doctor, '第四条')
  await expect(tick(doctor, '第四条')).toHaveAttribute('data-tick', 'read')
  await expect(row).not.toContainText('未读')
  await expect(tick(doctor, '第三条')).toHaveAttribute('data-tick', 'read')
})

/* What the browser is told to show. A headless one allows nothing, and is looked at always. */
async function watchNotices(page: Page) {
  await page.addInitScript(() => {
    const seen: Notification[] = []
    Object.assign(window, {
      seen,
      Notification: new Proxy(Notification, {
        get: (real, name) => (name === 'permission' ? 'granted' : Reflect.get(real, name)),
        construct(real, [title, options]: [string, NotificationOptions]) {
          const notice = new real(title, options)
          seen.push(notice)
          return notice
        },
      }),
    })
  })
}

test('a hidden page says outside of itself that something came, and leads there', async ({ people }) => {
  const page = await people.newcomer()
  await watchNotices(page)
  const { doctor, patient } = await conversation(people, '方静', page)
  const consult = page.url()
  await patient.getByRole('button', { name: /账户菜单/ }).click()
  await patient.getByRole('menuitem', { name: '本设备' }).click()
  await patient.locator('.el-switch').filter({ hasText: '后台' }).click()
  await patient.getByRole('button', { name: '测试通知' }).click()
  await check(patient, 'this device')
  await patient.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await say(doctor, '化验结果不好')
  const bodies = () => patient.evaluate(() => (window as never as { seen: Notification[] }).seen.map(({ body }) => body))
  await expect.poll(bodies).toEqual(['通知就是这个样子', '您有新消息'])
  await patient.evaluate(() => (window as never as { seen: Notification[] }).seen[1]?.dispatchEvent(new Event('click')))
  await expect(patient).toHaveURL(consult)
})

async function sendMany(page: Page, count: number) {
  await page.evaluate(async (many) => {
    const consult = location.pathname.split('/').pop()
    const { token } = JSON.parse(localStorage.getItem('consultd.session') ?? '{}')
    for (let at = 1; at <= many; at++) {
      const answer = await fetch(`/api/v1/consultations/${consult}/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify({
          clientId: `many-${at}-${crypto.randomUUID()}`,
          kind: 'text',
          text: `记录 ${at}`,
        }),
      })
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
    }
  }, count)
}

test('earlier messages come when one scrolls up, and the place stays', async ({ people }) => {
  test.slow()
  const { doctor, patient } = await conversation(people, '冯远')
  await sendMany(patient, 180)
  await patient.reload()
  await expect(message(patient, '记录 180')).toBeInViewport()
  await expect(patient.getByText('这是问诊的开始')).toHaveCount(0)
  const log = patient.getByRole('region', { name: '消息', exact: true })

  const oldest = patient.locator('.message').first()
  const before = await oldest.locator('.text').innerText()
  await log.evaluate((list) => (list.scrollTop = 100))
  await expect(oldest.locator('.text')).not.toHaveText(before)
  const kept = patient.locator('.text').getByText(before, { exact: true })
  await expect(kept).toBeInViewport()

  await expect(async () => {
    await log.evaluate((list) => (list.scrollTop = 0))
    await expect(patient.getByText('这是问诊的开始')).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(patient.locator('.message')).toHaveCount(181)

  await say(doctor, '都收到了')
  await patient.getByRole('button', { name: '1 条新消息' }).click()
  await expect(message(patient, '都收到了')).toBeInViewport()
})

test('Enter sends, Shift and Enter breaks the line, Enter while composing does neither', async ({
  people,
}) => {
  const { doctor, patient } = await conversation(people, '何平')
  await composer(patient).fill('一')
  await composer(patient).press('Shift+Enter')
  await composer(patient).pressSequentially('二')
  await expect(composer(patient)).toHaveValue('一\n二')
  await composer(patient).press('Enter')
  await expect(messages(doctor).last().locator('.text')).toHaveText('一\n二')
  await expect(composer(patient)).toHaveValue('')

  const ime = await patient.context().newCDPSession(patient)
  await composer(patient).focus()
  await ime.send('Input.imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 })
  await expect(composer(patient)).toHaveValue('nihao')
  await ime.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Enter',
    code: 'Enter',
    windowsVirtualKeyCode: 229,
  })
  await ime.send('Input.insertText', { text: '你好' })
  await expect(composer(patient)).toHaveValue('你好')
  await expect(messages(patient)).toHaveCount(2)
  await composer(patient).press('Enter')
  await expect(message(doctor, '你好').last()).toBeVisible()
  await expect(messages(doctor)).toHaveCount(3)
})

test('what I write in one tab is in my other tab', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '蒋涛')
  const second = await patient.context().newPage()
  await second.goto(patient.url())
  await expect(message(second, '医生您好')).toHaveCount(1)
  await say(patient, '从第一个窗口')
  await say(second, '从第二个窗口')
  for (const page of [patient, second, doctor])
    await expect(page.locator('.message .text')).toHaveText(['医生您好', '从第一个窗口', '从第二个窗口'])
})

test('the doctor finishes: over for both, readable, and what is missing for the signature is said', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '韩梅')
  await say(doctor, '祝您早日康复')
  await composer(patient).fill('还没写完')
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await doctor.getByRole('button', { name: '继续问诊' }).click()
  await expect(doctor.getByRole('dialog')).toHaveCount(0)
  await expect(composer(doctor)).toBeVisible()
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await doctor.getByRole('dialog').getByRole('button', { name: '结束问诊' }).click()
  for (const page of [doctor, patient]) {
    await expect(page.getByText('本次问诊已结束')).toBeVisible()
    await expect(composer(page)).toHaveCount(0)
    await expect(message(page, '祝您早日康复')).toBeVisible()
  }
  await expect(doctor.getByRole('dialog').getByText('请填写医嘱')).toBeVisible()
  await doctor.getByRole('button', { name: '返回修改' }).click()
  await patient.reload()
  await expect(patient.getByText('医生正在书写结果')).toBeVisible()
})

test('a doctor hands over to a colleague, who declines first and then goes on with it', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '乔转')
  const colleague = await people.login('doctor2')
  await colleague.goto('/today')
  const dialog = doctor.getByRole('dialog')
  const offer = async () => {
    await doctor.getByRole('button', { name: '更多操作' }).click()
    await doctor.getByRole('menuitem', { name: '转交' }).click()
    await dialog.getByRole('combobox').selectOption({ label: await nameOf(colleague) })
    await dialog.locator('input[name=reason]').fill('需要皮肤科意见')
    await check(doctor, 'hand over')
    await dialog.getByRole('button', { name: '请他接手' }).click()
    await expect(doctor.getByTestId('transfer')).toContainText('正在等待')
  }
  await offer()
  const offers = colleague.getByRole('region', { name: '同事请您接手' })
  await expect(offers).toContainText('需要皮肤科意见')
  await check(colleague, 'offers')
  await offers.getByRole('button', { name: /婉拒/ }).click()
  await colleague.getByRole('dialog').getByRole('button', { name: '婉拒' }).click()
  await expect(doctor.getByTestId('transfer')).toHaveCount(0)
  await expect(offers).toHaveCount(0)

  await offer()
  await doctor.reload()
  await expect(doctor.getByTestId('transfer')).toContainText('正在等待')
  await offers.getByRole('button', { name: /^接手/ }).click()
  await expect(doctor).toHaveURL(/\/today$/)
  await expect(colleague).toHaveURL(/\/consults\/con_/)
  await say(colleague, '我来接着看')
  await expect(message(patient, '我来接着看')).toBeVisible()
  await expect(patient.getByText('接手了问诊')).toBeVisible()

  await colleague.getByRole('button', { name: '更多操作' }).click()
  await colleague.getByRole('menuitem', { name: '转线下就诊' }).click()
  for (const [question, words] of [
    ['为什么不适合线上诊疗', '需要当面检查'],
    ['患者应当怎么做', '请到最近的皮肤科'],
  ] as const) {
    const box = colleague.getByRole('dialog').filter({ hasText: question })
    await box.getByRole('textbox').fill(words)
    await box.getByRole('button', { name: '继续', exact: true }).click()
  }
  const card = patient.getByRole('region', { name: '转线下就诊的建议' })
  await expect(card).toContainText('请到最近的皮肤科')
  await check(patient, 'referred')
})

test('a consult of others is not to be found', async ({ people }) => {
  const { patient } = await conversation(people, '许可')
  const stranger = await people.register('路人')
  await stranger.goto(patient.url())
  await expect(stranger.getByText('内容不存在，或您无权查看')).toBeVisible()
  await expect(stranger.getByText('医生您好')).toHaveCount(0)
})

test('a new version is offered, not forced', async ({ people }) => {
  const page = await people.login('patient1')
  await expect(page.getByText('已连接')).toBeVisible()
  await page.route('**/index.html', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace(/assets\/index-[\w-]+\.js/, 'assets/index-NEW12345.js'),
    })
  })
  await page.clock.install()
  await page.clock.fastForward('05:00')
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(page.getByTestId('version-bar')).toContainText('新版本')
  await page.getByRole('button', { name: '稍后' }).click()
  await expect(page.getByTestId('version-bar')).toHaveCount(0)
})
