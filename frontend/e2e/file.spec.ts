/* What people show each other, between two real pages and a server that dies. */
import type { Page, Route } from '@playwright/test'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { check } from './axe'
import { Consultd } from './consultd'
import { lastFile, phonePhoto, segmentsOf } from './pictures'
import { conversation, expect, message, messages, say, test as base } from './world'

const test = base.extend<object, { server: Consultd }>({
  server: [
    async ({}, use) => {
      const server = new Consultd(['--file-max', '2000000'])
      await server.start()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

test.describe.configure({ timeout: 120_000 })

const pdf = (size: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size - 9)])

function pick(page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) {
  return page.getByTestId('file-input').setInputFiles(files)
}

const sendButton = (page: Page) => page.getByRole('button', { name: /^发送（\d+）$/ })
const tray = (page: Page) => page.getByRole('region', { name: '待发送的文件' })
const photos = (page: Page) => messages(page).locator('.open img')
const uploads = (page: Page) => page.getByTestId('upload')

test('a photo goes as what can be seen of it, and nothing more', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '林照')
  const buffer = await phonePhoto(patient, 4000, 3000)
  expect(buffer.includes('SpyPhone')).toBe(true)
  await pick(patient, { name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer })
  await expect(tray(patient).locator('img')).toBeVisible()
  await check(patient, 'files to send')
  // The hands are on the keyboard.
  await expect(sendButton(patient)).toBeFocused()
  await patient.keyboard.press('Enter')
  for (const page of [doctor, patient]) await expect(photos(page)).toBeVisible()
  await expect(uploads(patient)).toHaveCount(0)
  await expect(patient.getByRole('button', { name: '跳到最新' })).toBeHidden()
  await expect(doctor.getByTestId('announcer')).toContainText('[照片]')

  const { file, bytes } = await lastFile(doctor)
  expect([file.mime, file.width, file.height]).toEqual(['image/jpeg', 1920, 2560])
  expect(segmentsOf(bytes).filter((name) => /^(e[13-9a-f]|fe)$/.test(name))).toEqual([])
  expect(bytes.includes('SpyPhone') || bytes.includes('Exif')).toBe(false)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)

  await pick(patient, { name: 'zwei.png', mimeType: 'image/png', buffer: Buffer.from(await patient.screenshot()) })
  await sendButton(patient).click()
  await expect(photos(doctor)).toHaveCount(2)
  await photos(doctor).first().click()
  const lightbox = doctor.getByRole('dialog', { name: '照片' })
  await expect(lightbox.locator('img')).toBeVisible()
  await expect(lightbox).toContainText('第 1 张，共 2 张')
  await check(doctor, 'lightbox')
  // All of it is in sight.
  const view = await lightbox.locator('.view').evaluate((part) => [part.scrollHeight, part.clientHeight])
  expect(view[0]).toBe(view[1])
  await doctor.keyboard.press('ArrowRight')
  await expect(lightbox).toContainText('第 2 张，共 2 张')
  await doctor.keyboard.press('+')
  await expect(lightbox.getByRole('button', { name: '缩小' })).toBeEnabled()
  await doctor.keyboard.press('Escape')
  await expect(lightbox).toBeHidden()
  await expect(photos(doctor).first()).toBeVisible()
})

test('what is pasted or dragged in can be sent', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '唐贴')
  const base64 = (await phonePhoto(patient, 300, 200)).toString('base64')
  const carried = await patient.evaluateHandle((text) => {
    const carrier = new DataTransfer()
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    carrier.items.add(new File([bytes], 'image.jpg', { type: 'image/jpeg' }))
    return carrier
  }, base64)
  await patient.locator('#composer-text').evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, carried)
  await expect(tray(patient).locator('img')).toHaveCount(1)
  const list = patient.locator('.scroller')
  await list.dispatchEvent('dragenter', { dataTransfer: carried })
  await expect(patient.getByTestId('drop')).toBeVisible()
  await list.dispatchEvent('drop', { dataTransfer: carried })
  await expect(patient.getByTestId('drop')).toBeHidden()
  await expect(tray(patient).locator('img')).toHaveCount(2)
  await tray(patient).getByRole('button', { name: /不发送/ }).first().click()
  await sendButton(patient).click()
  await expect(photos(doctor)).toHaveCount(1)
  await expect(tray(patient)).toHaveCount(0)
})

/* Holds the pieces of an upload from the `nth` on. */
async function holdPieces(page: Page, nth: number) {
  let count = 0
  const held: Route[] = []
  const acknowledged: number[] = []
  const carry = async (route: Route) => {
    if (route.request().method() !== 'PATCH') return route.continue()
    if (++count >= nth) return void held.push(route)
    const answer = await route.fetch()
    acknowledged.push(Number(answer.headers()['upload-offset']))
    await route.fulfill({ response: answer })
  }
  await page.route(/\/api\/v1\/files\/fil_/, carry)
  return {
    acknowledged,
    stuck: () => expect.poll(() => held.length).toBeGreaterThan(0),
    async release() {
      await page.unroute(/\/api\/v1\/files\/fil_/, carry)
      await Promise.all(held.map((route) => route.abort().catch(() => undefined)))
    },
  }
}

test('an upload outlives the server, the network and the page', async ({ people, server }) => {
  test.skip(!server.own, 'only our own server can be killed')
  const { doctor, patient } = await conversation(people, '孙断')
  const buffer = pdf(1_700_003)
  const first = await holdPieces(patient, 3)
  await pick(patient, { name: '化验单.pdf', mimeType: 'application/pdf', buffer })
  await sendButton(patient).click()
  await first.stuck()
  await expect(uploads(patient).locator('progress')).toHaveJSProperty('value', 31)
  await server.kill()
  await first.release()
  await expect(uploads(patient)).toContainText('已暂停')
  const asked = patient.waitForResponse((reply) => reply.request().method() === 'HEAD')
  const second = await holdPieces(patient, 3)
  await server.start()
  expect(Number((await asked).headers()['upload-offset'])).toBeGreaterThanOrEqual(first.acknowledged.at(-1) ?? NaN)
  await second.stuck()
  await patient.reload()
  await second.release()

  for (const page of [doctor, patient])
    await expect(messages(page).filter({ hasText: '化验单.pdf' }).getByText('1.7 MB')).toBeVisible({ timeout: 40_000 })
  await expect(uploads(patient)).toHaveCount(0)
  const { file } = await lastFile(doctor)
  expect(file.sha256).toBe(createHash('sha256').update(buffer).digest('hex'))
  const saved = doctor.waitForEvent('download')
  await doctor.getByRole('button', { name: '下载 化验单.pdf' }).click()
  const download = await saved
  expect(download.suggestedFilename()).toBe('化验单.pdf')
  expect(buffer.equals(await readFile(await download.path()))).toBe(true)
  await check(doctor, 'a document among messages')
})

test('what cannot be sent is said in words', async ({ people }) => {
  const { patient } = await conversation(people, '吴错')
  const refused = tray(patient).getByRole('alert')
  await pick(patient, { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<script>alert(1)</script>') })
  await expect(refused).toContainText('不支持发送这种文件')
  await pick(patient, { name: 'b.heic', mimeType: 'image/heic', buffer: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1') })
  await expect(refused).toContainText('兼容性最佳')
  await check(patient, 'refused')

  await pick(patient, { name: 'c.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>no pdf</html>') })
  await expect(refused).toBeHidden()
  await sendButton(patient).click()
  await expect(uploads(patient).getByRole('alert')).toContainText('不支持发送这种文件')
  await uploads(patient).getByRole('button', { name: '删除' }).click()
  await expect(uploads(patient)).toHaveCount(0)

  await pick(patient, { name: 'd.pdf', mimeType: 'application/pdf', buffer: pdf(2_000_001) })
  await sendButton(patient).click()
  await expect(uploads(patient).getByRole('alert')).toContainText('文件太大')
  await check(patient, 'failed')
  await patient.reload()
  await expect(uploads(patient).getByRole('alert')).toContainText('文件太大')
  await uploads(patient).getByRole('button', { name: '删除' }).click()
  await expect(uploads(patient)).toHaveCount(0)
  await expect(messages(patient)).toHaveCount(1)
})

test('who stops an upload leaves nothing behind', async ({ people }) => {
  const { patient } = await conversation(people, '郑停')
  const hold = await holdPieces(patient, 2)
  await pick(patient, { name: 'e.pdf', mimeType: 'application/pdf', buffer: pdf(900_000) })
  await sendButton(patient).click()
  await hold.stuck()
  const ended = patient.waitForResponse((reply) => reply.request().method() === 'DELETE')
  await uploads(patient).getByRole('button', { name: '取消' }).click()
  expect((await ended).status()).toBe(204)
  await hold.release()
  await expect(uploads(patient)).toHaveCount(0)
  await expect(messages(patient)).toHaveCount(1)
})

test('a voice note is recorded here and heard there', async ({ people }) => {
  const { doctor, patient } = await conversation(people, '冯音')
  const record = patient.getByRole('button', { name: /^录语音/ })
  await record.click()
  await expect(patient.getByTestId('note-time')).toContainText('0:02')
  await check(patient, 'recording')
  await patient.keyboard.press('Escape')
  await expect(patient.getByTestId('note-time')).toBeHidden()

  // Held, and slid away: let go, nothing is sent.
  await record.hover()
  await patient.mouse.down()
  await expect(patient.getByText('松开发送，滑开取消')).toBeVisible()
  await expect(patient.getByTestId('note-time')).toContainText('0:02')
  await patient.mouse.move(300, 300, { steps: 3 })
  await expect(patient.getByText('松开取消')).toBeVisible()
  await patient.mouse.up()
  await expect(patient.getByTestId('note-time')).toBeHidden()
  await expect(uploads(patient)).toHaveCount(0)

  // It answers what the doctor wrote.
  await say(doctor, '咳嗽给我听听')
  await message(patient, '咳嗽给我听听').getByRole('button', { name: '回复' }).click()
  await record.focus()
  await patient.keyboard.press('Enter')
  await expect(patient.getByTestId('note-time')).toContainText('0:02')
  await patient.keyboard.press('Enter')
  const note = messages(doctor).locator('.voice')
  await expect(note).toBeVisible()
  for (const page of [doctor, patient])
    await expect(messages(page).filter({ has: page.locator('.voice') }).locator('.answered')).toContainText('咳嗽给我听听')
  const { file, kind } = await lastFile(doctor)
  expect([kind, file.mime]).toEqual(['voice', 'audio/webm'])
  // The clock says 0:02 from a second and a half on.
  expect(file.durationMs).toBeGreaterThanOrEqual(1_500)
  // The fake microphone beeps once a second.
  expect(file.waveform).toMatch(/^[0-9a-f]*f[0-9a-f]*$/)
  expect(new Set(file.waveform).size).toBeGreaterThan(1)

  await note.getByRole('button', { name: /^播放语音/ }).click()
  await expect.poll(() => note.locator('audio').evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThan(0.3)
  await note.getByRole('button', { name: '速度：1 倍' }).click()
  expect(await note.locator('audio').evaluate((audio: HTMLAudioElement) => audio.playbackRate)).toBe(1.5)
  await expect(note.getByRole('button', { name: /^播放语音/ })).toBeVisible()
  await check(doctor, 'a voice note')

  // A browser that says no.
  await patient.route(/\/consults\/con_/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'permissions-policy': 'microphone=()' } })
  })
  await patient.reload()
  await record.click()
  await expect(patient.getByRole('alert')).toContainText('麦克风未被允许')
  await check(patient, 'no microphone')
  expect(people.complaints.splice(0).filter((text) => !text.includes('Permissions policy'))).toEqual([])
})

/* An upload without the page's help: what a hostile client does. */
function smuggle(page: Page, kind: string, text: string) {
  return page.evaluate(
    async ([what, bytes]) => {
      const { token } = JSON.parse(localStorage.getItem('consultd.session') ?? '{}') as { token: string }
      const headers = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
      const about = { consult: location.pathname.split('/').at(-1), kind: what, name: 'a.html' }
      const metadata = Object.entries(about).map(([name, value]) => `${name} ${btoa(value ?? '')}`)
      const body = Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))
      const begun = await fetch('/api/v1/files', {
        method: 'POST',
        headers: { ...headers, 'Upload-Length': String(body.length), 'Upload-Metadata': metadata.join(',') },
      })
      const url = begun.headers.get('Location') ?? ''
      const type = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' }
      const { status } = await fetch(url, { method: 'PATCH', headers: { ...headers, ...type }, body })
      return { url, status, token }
    },
    [kind, text] as const,
  )
}

test('nothing in a file runs, however it is opened', async ({ people }) => {
  const { patient } = await conversation(people, '魏毒')
  const js = "self.ran=1;fetch('/stolen')"
  const html = `<html><script>${js}</script><img src=x onerror="${js}">`
  const hostile: [kind: string, bytes: string][] = [
    ['image', `GIF89a/*${html}*/=1;${js}`],
    ['image', `\xff\xd8\xff\xfe\0\xff${html}*/=1;${js}`],
    ['image', `\x89PNG\r\n\x1a\n\0\0\0\rIHDR${html}`],
    ['image', `RIFF/*..WEBP*/=1;${js}//${html}`],
    ['file', `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(${js})>>>>endobj\n${html}`],
    ['voice', `OggS${html}`],
  ]
  const stolen: string[] = []
  patient.context().on('request', (request) => {
    if (request.url().endsWith('/stolen')) stolen.push(request.frame().url())
  })
  const svg = await smuggle(patient, 'image', `<svg xmlns="http://www.w3.org/2000/svg"><script>${js}</script></svg>`)
  expect(svg.status).toBe(415)

  const visitor = await patient.context().newPage()
  for (const [kind, bytes] of hostile) {
    const { url, status, token } = await smuggle(patient, kind, bytes)
    expect([status, bytes]).toEqual([204, bytes])
    // As if the address alone were enough.
    await patient.context().route(`**${url}*`, (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } }),
    )
    await visitor.goto(url).catch((error: Error) => expect(error.message).toMatch(/Download|ERR_ABORTED/))
    await patient.evaluate(async (at) => {
      const ends = ['script', 'img', 'iframe', 'embed', 'object', 'link', 'audio'].map((name) => {
        const one = document.createElement(name)
        if (name === 'link') one.setAttribute('rel', 'stylesheet')
        one.setAttribute(name === 'object' ? 'data' : name === 'link' ? 'href' : 'src', at)
        document.body.append(one)
        return new Promise((done) => {
          for (const end of ['load', 'error']) one.addEventListener(end, done)
          // Policies end some without a word.
          setTimeout(done, 2_000)
        })
      })
      await Promise.all([...ends, import(/* @vite-ignore */ at).catch(() => 0)])
    }, url)
    expect(await patient.evaluate(() => 'ran' in self)).toBe(false)
  }
  expect(stolen).toEqual([])
  people.complaints.splice(0)

  // The same bytes do run where nothing keeps them from it: this test can fail.
  await patient.context().route('**/control', (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await visitor.goto('/control')
  await expect.poll(() => stolen.length).toBeGreaterThan(0)
})
