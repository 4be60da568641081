/* From a free time to the consult and back: a patient's way, in both languages. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { check } from './axe'
import { agree, hold, phone, pickService, pickSlot, toDoctor, withFees } from './booking'
import { composer, expect, fits, message, nameOf, say, type People } from './world'

const test = withFees()

const abroad: BrowserContextOptions = { locale: 'en', timezoneId: 'America/New_York' }

/* What the page's user may do beside the page. */
async function api<T>(page: Page, method: string, path: string, body?: object): Promise<T> {
  return page.evaluate(
    async ([verb, address, data]) => {
      const { token } = JSON.parse(localStorage.getItem('consultd.session') ?? '{}')
      const answer = await fetch(`/api/v1${address}`, {
        method: verb,
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': crypto.randomUUID(),
        },
        body: data && JSON.stringify(data),
      })
      if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    [method, path, body] as const,
  ) as Promise<T>
}

function appointmentIn(page: Page): string {
  return new URL(page.url()).searchParams.get('appointment') ?? ''
}

/* A quarter of an hour from now: nobody can book that himself, the clinic can. */
async function moveNear(doctor: Page, appointment: string): Promise<string> {
  const startAt = new Date(Date.now() + 900_000).toISOString().replace(/\.\d+/, '')
  const moved = await api<{ appointment: { id: string } }>(
    doctor,
    'POST',
    `/appointments/${appointment}/reschedule`,
    { startAt, overbook: true, reason: 'e2e' },
  )
  return moved.appointment.id
}

async function wholeWay(people: People, name: string, here: BrowserContextOptions, words: Record<string, RegExp>) {
  const doctor = await people.login('doctor1')
  const doctorName = await nameOf(doctor)
  const page = await people.register(name, here)
  await toDoctor(page, doctorName)
  await fits(page)
  await pickService(page, /Video follow-up/)
  await pickSlot(page, 0)
  await page.locator('#reason').fill('三天前开始咳嗽')
  await fits(page)
  await hold(page)
  await expect(page.getByTestId('hold-countdown')).toContainText(/[89]:\d\d/)
  const appointment = appointmentIn(page)
  await page.reload()
  await page.getByRole('button', { name: words['confirm'] }).click()
  await expect(page.getByText(words['booked'] ?? '')).toBeVisible()
  const { items } = await api<{ items: { id: string }[] }>(page, 'GET', '/appointments')
  expect(items, 'a double click books once').toHaveLength(1)

  await page.goto('/')
  await expect(page.getByTestId('next-appointment')).toContainText(doctorName)
  await moveNear(doctor, appointment)
  await expect(page.getByRole('timer')).toContainText(/14:\d\d/)
  await expect(page.getByRole('link', { name: words['bell'] })).toBeVisible()
  await fits(page)
  await page.getByRole('button', { name: words['checkIn'] }).click()
  await expect(page).toHaveURL(/\/waiting\/con_/)
  await expect(page.getByTestId('waiting')).toBeVisible()
  await fits(page)
  await page.goto('/family')
  await page.getByTestId('return-bar').click()
  await expect(page).toHaveURL(/\/waiting\/con_/)

  await doctor.getByRole('link', { name: new RegExp(name) }).first().click()
  await expect(message(doctor, '三天前开始咳嗽')).toBeVisible()
  await doctor.getByRole('button', { name: '接诊' }).click()
  await expect(page).toHaveURL(/\/consults\/con_/)
  await say(doctor, '请多喝水')
  await expect(message(page, '请多喝水')).toBeVisible()
  await say(page, 'ok')
  await expect(message(doctor, 'ok')).toBeVisible()
  await doctor.getByRole('button', { name: '结束问诊' }).click()
  await doctor.getByRole('dialog').getByRole('button', { name: '结束问诊' }).click()
  await expect(composer(page)).toBeHidden()
  await page.goto('/history')
  await expect(page.locator('.row').first()).toContainText(doctorName)
}

test('book, check in, be admitted, talk, finish: Chinese, on a phone', async ({ people }) => {
  await wholeWay(people, '郭晓', phone, {
    confirm: /确认预约/,
    booked: /预约成功/,
    bell: /通知，[1-9] 条未读/,
    checkIn: /签到/,
  })
})

test('book, check in, be admitted, talk, finish: English, from another zone', async ({ people }) => {
  await wholeWay(people, 'Sam Lee', abroad, {
    confirm: /Confirm appointment/,
    booked: /is booked/,
    bell: /Notifications, [1-9] unread/,
    checkIn: /Check in/,
  })
})

test('a complaint finds the doctor, with one request, and his next time is one tap away', async ({ people }) => {
  const page = await people.login('patient1', phone)
  const asked: string[] = []
  page.on('request', (request) => {
    if (/api\/v1\/(doctors|services)/.test(request.url())) asked.push(request.url())
  })
  await page.goto('/doctors')
  await expect(page.getByRole('article')).toHaveCount(2)
  expect(asked).toHaveLength(1)
  await page.getByRole('textbox').or(page.getByRole('searchbox')).first().fill('身上有皮疹')
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page.getByRole('article')).toContainText('Emily Carter')
  await page.getByRole('link', { name: /最早可约/ }).click()
  await expect(page.locator('#reason')).toBeVisible()
  await expect(page.getByTestId('policy')).toContainText('15 分钟')
  await check(page, 'policy')

  await page.goto('/')
  await page.getByRole('link', { name: '查看详情' }).first().click()
  await expect(page.getByRole('button', { name: '仅此预约' })).toBeVisible()
  await check(page, 'appointment with its calendar')
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: '仅此预约' }).click()
  expect((await file).suggestedFilename()).toBe('appointment.ics')
  await page.getByRole('button', { name: '生成私密链接' }).click()
  const url = (await page.getByTestId('feed-url').textContent()) ?? ''
  expect((await page.request.get(new URL(url).pathname)).ok()).toBe(true)
  await page.getByRole('button', { name: '停用链接' }).click()
  await expect(page.getByTestId('feed-url')).toBeHidden()
  expect((await page.request.get(new URL(url).pathname)).status()).toBe(404)
})

test('the times are those of the reader, and both zones are named', async ({ people }) => {
  const page = await people.login('patient2', abroad)
  await page.goto('/doctors')
  await page.getByRole('article').first().getByRole('link', { name: /^(预约|Book)/ }).click()
  await expect(page.locator('.zone').first()).toContainText(/Eastern.*GMT-[45].*China.*GMT\+8/)
  const slot = page.locator('.slot').first()
  const start = new Date((await slot.getAttribute('data-start')) ?? '')
  const at = (timeZone: string) =>
    start.toLocaleTimeString('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  await expect(slot).toContainText(at('America/New_York'))
  await expect(slot).toContainText(`(${at('Asia/Shanghai')})`)
})

test('a fee is paid, and cancelling says beforehand what comes back', async ({ people }) => {
  const page = await people.register('何静', phone)
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /Skin consultation/)
  await pickSlot(page, 1)
  await hold(page)
  const pay = page.getByRole('button', { name: '支付 ¥80.00' })
  await pay.click()
  await expect(page).toHaveURL(/\/sandbox\/checkout\//)
  await check(page, 'sandbox checkout')
  await page.locator('button[value=pay]').click()
  await expect(page).toHaveURL(/\/appointments\/apt_/)
  await expect(page.getByTestId('payment')).toContainText('已支付')
  await expect(page.locator('main [data-status=booked]')).toBeVisible()

  await page.getByRole('button', { name: '取消预约' }).click()
  await expect(page.getByTestId('cancel-price')).toHaveText('将全额退款 ¥80.00。')
  await page.getByRole('button', { name: '保留预约' }).click()
  await expect(page.locator('main [data-status=booked]')).toBeVisible()
  await page.getByRole('button', { name: '取消预约' }).click()
  await page.getByRole('button', { name: '确认取消' }).click()
  await expect(page.locator('main [data-status=cancelled_by_patient]')).toBeVisible()
  await expect(page.getByTestId('payment')).toContainText('已全额退款')
})

test('a time that is lost: the nearest three are offered, and what was written stays', async ({ people }) => {
  const slow = await people.register('林慢')
  const fast = await people.register('林快')
  for (const page of [slow, fast]) {
    await toDoctor(page, 'Emily Carter')
    await pickService(page, /photo review/)
  }
  const start = await pickSlot(slow, 2)
  await slow.locator('#reason').fill('皮疹，一周了')
  expect(await pickSlot(fast, 2)).toBe(start)
  await hold(fast)
  await expect(fast.getByTestId('hold-countdown')).toBeVisible()

  await hold(slow)
  const others = slow.getByTestId('alternatives').getByRole('button')
  await expect(others).toHaveCount(3)
  await expect(slow.getByRole('alert')).toContainText('刚刚被约走')
  await expect(slow.locator('#reason')).toHaveValue('皮疹，一周了')
  await others.first().click()
  await expect(slow.getByTestId('hold-countdown')).toBeVisible()
})

test('an appointment is moved to another time, by keyboard', async ({ people }) => {
  const page = await people.register('方圆')
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /photo review/)
  await pickSlot(page, 4)
  await hold(page)
  await page.getByRole('button', { name: '确认预约' }).press('Enter')
  await page.getByRole('link', { name: '查看详情' }).press('Enter')
  await page.getByRole('button', { name: '改期' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '后一周' }).press('Enter')
  await dialog.locator('.slot').first().press('Enter')
  const before = page.url()
  await dialog.getByRole('button', { name: '确认改期' }).press('Enter')
  await expect(page).not.toHaveURL(before)
  await expect(page.locator('main [data-status=booked]')).toBeVisible()
  await page.goto(before)
  await expect(page.locator('main [data-status=rescheduled]')).toBeVisible()
})

test('family: added, booked for, removed', async ({ people }) => {
  const page = await people.register('马明', phone)
  await page.goto('/family')
  await page.getByRole('button', { name: '添加家人' }).click()
  await page.getByRole('dialog').getByLabel('姓名').fill('马小明')
  await page.getByRole('dialog').getByLabel('出生日期').fill('2018-05-01')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('article').filter({ hasText: '马小明' })).toContainText('子女')
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /photo review/)
  await pickSlot(page, 6)
  await page.getByRole('radio', { name: /马小明/ }).check()
  await hold(page)
  await expect(page.getByTestId('hold-countdown')).toBeVisible()
  await expect(page.locator('main')).toContainText('马小明')
  await page.getByRole('button', { name: '换个时间' }).click()
  await expect(page).toHaveURL(/\/doctors\/usr_/)
  await page.goto('/family')
  await page.getByRole('button', { name: /移除.*马小明/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
  await expect(page.getByRole('article')).toHaveCount(1)
})

test('what is in force is agreed to when booking, and what came since at check-in', async ({ people }) => {
  const admin = await people.login('admin')
  const texts = [
    { lang: 'zh-CN', title: '互联网诊疗知情同意书', text: '网上诊疗不能代替急诊。' },
    { lang: 'en', title: 'Consent to online care', text: 'Online care replaces no emergency care.' },
  ]
  const publish = (docType: string) => api(admin, 'POST', '/admin/consents', { docType, texts })
  await publish('telehealth')
  const doctor = await people.login('doctor2')
  const page = await people.register('高同', phone)
  await toDoctor(page, await nameOf(doctor))
  await pickService(page, /photo review/)
  await pickSlot(page, 8)
  const submit = page.locator('button[type=submit]')
  await expect(submit).toBeDisabled()
  await page.getByText('互联网诊疗知情同意书').click()
  await expect(page.getByText('网上诊疗不能代替急诊。')).toBeVisible()
  await hold(page)
  await page.getByRole('button', { name: '确认预约' }).click()
  await expect(page.getByText('预约成功')).toBeVisible()
  const booked = appointmentIn(page)

  await publish('privacy')
  await page.goto(`/appointments/${await moveNear(doctor, booked)}`)
  await page.getByRole('button', { name: '签到候诊' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: '签到候诊' }).click()
  await expect(page).toHaveURL(/\/waiting\/con_/)
  await expect(page.getByTestId('waiting')).toContainText(/(前面还有 \d+ 位|下一位就是您).*Emily Carter 在线/)
  await expect(page.getByRole('link', { name: /120/ })).toBeVisible()
  await fits(page)
  await check(page, 'waiting room')

  await page.goto('/privacy')
  const consent = page.getByRole('article').filter({ hasText: '互联网诊疗知情同意书' }).first()
  await expect(consent).toContainText('已同意')
  await fits(page)
  await check(page, 'privacy')
  await consent.getByRole('button', { name: /撤回同意/ }).click()
  await expect(page.getByRole('dialog')).toContainText('不能确认预约，也不能签到')
  await page.getByRole('dialog').getByRole('button', { name: '撤回同意' }).click()
  await expect(consent).toContainText('已撤回')
  await consent.getByRole('button', { name: /^同意/ }).click()
  await expect(consent).toContainText('已同意')
})

test('who must be verified is told how, and finds the booking as it was when it is done', async ({ people }) => {
  const admin = await people.login('admin')
  const name = 'First visit, verified'
  const service = { name, mode: 'text', minutes: 10, fee: { amount: 0, currency: 'CNY' }, requiresVerifiedPatient: true }
  await api(admin, 'POST', '/admin/services', service)
  const page = await people.register('钟实', phone)
  await toDoctor(page, 'Emily Carter')
  await pickService(page, /First visit/)
  await pickSlot(page, 10)
  await page.locator('#reason').fill('第一次来')
  const note = page.getByTestId('unverified')
  const number = (await note.locator('code').textContent()) ?? ''
  await agree(page)
  await expect(page.locator('button[type=submit]')).toBeDisabled()
  await fits(page)
  await check(page, 'to be verified')
  await note.getByRole('link').click()
  await expect(page.getByText('身份未核验')).toBeVisible()

  const desk = await people.login('desk', phone)
  await desk.goto('/today')
  await desk.getByRole('button', { name: '核验患者身份' }).click()
  const form = desk.getByRole('dialog')
  await form.locator('input[name=patient]').fill(number)
  await form.getByRole('button', { name: '确认是本人' }).click()
  await expect(form.getByRole('alert')).toContainText('请写明核验的证件')
  await form.locator('input[name=evidence]').fill('身份证，本人到场')
  await check(desk, 'verify')
  await form.getByRole('button', { name: '确认是本人' }).click()
  await expect(form).toHaveCount(0)

  await page.getByRole('link', { name: '返回预约' }).click()
  await expect(page.locator('#reason')).toHaveValue('第一次来')
  await expect(note).toHaveCount(0)
  await hold(page)
  await expect(page.getByTestId('hold-countdown')).toBeVisible()
})
