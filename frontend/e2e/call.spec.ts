/* People in a call: real media between two pages, a real relay, a server that dies. */
import { createHmac } from 'node:crypto'
import type { Page } from '@playwright/test'
import { check } from './axe'
import { Consultd } from './consultd'
import { SECRET, Turn } from './turn'
import { conversation, expect, message, nameOf, say, startConsult, test as base, type People } from './world'

declare global {
  interface Window {
    peers: RTCPeerConnection[]
  }
}

const test = base.extend<object, { server: Consultd; turn: Turn }>({
  turn: [
    async ({}, use) => {
      const turn = new Turn()
      await turn.start()
      await use(turn)
      await turn.leave()
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ turn }, use) => {
      const server = new Consultd([
        ...['--turn-url', turn.url, '--turn-secret-file', turn.secretFile, '--call-ring-s', '12'],
      ])
      await server.start()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

/* Keeps what the page connects with, so that it can be asked; `relayed`: nothing may go direct. */
function watchPeers(relayed: boolean) {
  window.peers = []
  const Native = RTCPeerConnection
  window.RTCPeerConnection = class extends Native {
    constructor(config: RTCConfiguration = {}) {
      super(relayed ? { ...config, iceTransportPolicy: 'relay' } : config)
      window.peers.push(this)
    }
  }
}

function stats(page: Page) {
  return page.evaluate(async () => {
    const seen = { frames: [] as number[], local: [] as string[] }
    for (const peer of window.peers.filter((one) => one.connectionState === 'connected')) {
      let frames = 0
      const report = new Map<string, Record<string, unknown>>(await peer.getStats())
      for (const row of report.values()) {
        if (row['type'] === 'inbound-rtp' && row['kind'] === 'video') frames += Number(row['framesDecoded'])
        if (row['type'] === 'candidate-pair' && row['nominated'] && row['state'] === 'succeeded')
          seen.local.push(String(report.get(String(row['localCandidateId']))?.['candidateType']))
      }
      seen.frames.push(frames)
    }
    return seen
  })
}

/* Pictures of all the others come, and go on coming. */
async function sees(page: Page, others = 1) {
  const least = async () => {
    const { frames } = await stats(page)
    return frames.length === others ? Math.min(...frames) : 0
  }
  await expect.poll(least, { timeout: 25_000 }).toBeGreaterThan(5)
  const frames = await least()
  await expect.poll(least, { timeout: 25_000 }).toBeGreaterThan(frames + 5)
}

async function inConsult(people: People, name: string, relayed = false) {
  const pages = await conversation(people, name)
  for (const page of [pages.doctor, pages.patient]) {
    await page.addInitScript(watchPeers, relayed)
    await page.reload()
    await expect(page.getByTestId('call-buttons')).toBeVisible()
  }
  return pages
}

/* From the next connection on. */
function framesSent(page: Page): string[] {
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => frames.push(String(payload))))
  return frames
}

async function callAndAnswer(doctor: Page, patient: Page) {
  await doctor.getByRole('button', { name: '视频通话' }).click()
  await patient.getByRole('dialog').getByRole('button', { name: '接听' }).click()
  await Promise.all([sees(doctor), sees(patient)])
}

test('direct: pictures both ways, through a reload, a server that dies, and on after it', async ({
  people,
  server,
}) => {
  test.slow()
  const { doctor, patient } = await inConsult(people, '康宁')
  await callAndAnswer(doctor, patient)

  await patient.reload()
  await Promise.all([sees(doctor), sees(patient)])

  await server.kill()
  await Promise.all([sees(doctor), sees(patient)])
  const told = [doctor, patient].map(framesSent)
  await server.start()
  await say(patient, '还在吗')
  await expect(message(doctor, '还在吗')).toBeVisible({ timeout: 20_000 })
  await Promise.all([sees(doctor), sees(patient)])
  await expect(doctor.getByRole('button', { name: '结束问诊' })).toBeVisible()

  // A page that goes says once more how it went, and so does who leaves.
  const reports = (which: number) => told[which]?.filter((frame) => frame.includes('"call:report"')).length
  const before = reports(1) ?? 0
  await patient.evaluate(() => dispatchEvent(new Event('pagehide')))
  await expect.poll(() => reports(1)).toBe(before + 1)
  await doctor.getByRole('button', { name: '暂时离开' }).click()
  await expect(patient.getByTestId('call')).toBeHidden()
  const last = () => told[0]?.flatMap((frame) => /call:(?:report|leave)/.exec(frame)?.[0] ?? []).slice(-2)
  await expect.poll(last).toEqual(['call:report', 'call:leave'])
  await expect(doctor.getByRole('button', { name: '结束问诊' })).toBeVisible()

  await patient.getByRole('button', { name: '通话详情' }).click()
  const log = patient.getByTestId('call-log')
  await expect(log).toContainText(/通话 \d+:\d\d · 已挂断/)
  await expect(log.locator('.who')).toContainText([/秒接通 · (直接连接|经中转服务器)/, / · 重连 \d+ 次/])
  await check(patient, 'calls of a consult')
})

test('relayed: all goes through the relay, and comes back after the relay was gone', async ({
  people,
  turn,
}) => {
  test.slow()
  const { doctor, patient } = await inConsult(people, '路远', true)
  await callAndAnswer(doctor, patient)
  expect(new Set((await stats(doctor)).local)).toEqual(new Set(['relay']))

  await turn.stop()
  await expect(doctor.getByTestId('peer')).toHaveAttribute('data-state', 'reconnecting', { timeout: 30_000 })
  await turn.start()
  await Promise.all([sees(doctor), sees(patient)])
})

test('nobody answers, or says no: the caller is told, the conversation keeps a line', async ({ people }) => {
  const { doctor, patient } = await inConsult(people, '闻声')
  await doctor.getByRole('button', { name: '语音通话' }).click()
  await patient.getByRole('dialog').getByRole('button', { name: '拒绝' }).click()
  await expect(doctor.getByText('对方已拒绝。')).toBeVisible()

  await doctor.getByRole('button', { name: '语音通话' }).click()
  await expect(patient.getByTestId('ring')).toBeVisible()
  await expect(doctor.getByText('对方没有接听。')).toBeVisible({ timeout: 20_000 })
  await expect(patient.getByTestId('ring')).toBeHidden()
  await expect(patient.locator('.system', { hasText: '未接通话' })).toHaveCount(2)
})

test('a wrong or an old credential gets no relay, and the check says so', async ({ people }) => {
  const { patient } = await conversation(people, '严查')
  const kind = patient.getByTestId('check-network')
  await patient.goto(patient.url().replace('consults', 'check'))
  await patient.getByTestId('check-start').click()
  await expect(kind).toHaveAttribute('data-kind', 'good')
  const signed = (username: string, secret: string) => ({
    username,
    credential: createHmac('sha1', secret).update(username).digest('base64'),
  })
  const refused = { wrong: signed('4102444800:chk', `not ${SECRET}`), old: signed('1700000000:chk', SECRET) }
  for (const credential of Object.values(refused)) {
    await patient.route('**/ice-servers', async (route) => {
      const answer = await (await route.fetch()).json()
      Object.assign(answer.iceServers.at(-1), credential)
      await route.fulfill({ json: answer })
    })
    await patient.getByTestId('check-start').click()
    await expect(kind).toHaveAttribute('data-kind', 'busy')
    await expect(kind).toHaveAttribute('data-kind', 'refused', { timeout: 20_000 })
    await expect(kind).toContainText('中继服务器没有接受')
    await patient.unroute('**/ice-servers')
  }
})

test('two pages of one, and a third who calls: it rings on both, is moved, and is busy for others', async ({
  people,
}) => {
  test.slow()
  const { doctor, patient } = await inConsult(people, '双城')
  const second = await patient.context().newPage()
  await second.goto('/doctors')
  await expect(second.getByRole('article').first()).toBeVisible()
  await doctor.getByRole('button', { name: '语音通话' }).click()
  await expect(second.getByTestId('ring')).toBeVisible()
  await patient.getByRole('dialog').getByRole('button', { name: '接听' }).click()
  await expect(second.getByTestId('ring')).toBeHidden()
  await expect(doctor.getByTestId('peer')).toHaveAttribute('data-state', 'connected', { timeout: 25_000 })

  const other = await people.register('忙音')
  await startConsult(other, await nameOf(doctor), '能通话吗')
  await other.getByRole('button', { name: '语音通话' }).click()
  await expect(other.getByText('对方正在另一个通话中')).toBeVisible()
  await expect(other.getByTestId('call')).toBeHidden()

  await second.goto(patient.url())
  await second.getByRole('button', { name: '把通话转到这里' }).click()
  await expect(patient.getByText('通话已转到您的另一台设备')).toBeVisible()
  await expect(patient.getByTestId('call')).toBeHidden()
  await expect(second.getByTestId('peer')).toHaveAttribute('data-state', 'connected', { timeout: 25_000 })

  await second.getByTestId('call-leave').click()
  await second.close()
  await patient.goto('/doctors')
  await doctor.getByRole('button', { name: '语音通话' }).click()
  await expect(patient.getByTestId('ring')).toBeVisible()
  await patient.reload()
  await patient.getByRole('dialog').getByRole('button', { name: '接听' }).click()
  await expect(doctor.getByTestId('peer')).toHaveAttribute('data-state', 'connected', { timeout: 25_000 })
})

test('a third by a link: all see all, he sees nothing else, and comes back after a reload', async ({ people }) => {
  test.slow()
  const { doctor, patient } = await inConsult(people, '祝英台')
  await callAndAnswer(doctor, patient)
  await patient.getByRole('button', { name: '邀请家属或翻译' }).click()
  await patient.locator('input[name=guest]').fill('梁山伯')
  await patient.getByRole('button', { name: '生成链接' }).click()
  const link = (await patient.getByTestId('guest-link').textContent()) ?? ''
  await expect(patient.getByRole('img', { name: '链接二维码，用手机扫一扫打开' })).toBeVisible()
  await patient.keyboard.press('Escape')

  const guest = await people.newcomer()
  await guest.addInitScript(watchPeers, false)
  await guest.goto(link)
  await guest.getByRole('button', { name: '进入' }).click()
  await expect(guest.getByRole('heading', { name: /梁山伯/ })).toBeVisible()
  await expect(guest).toHaveURL(/\/guest$/)
  await guest.getByRole('button', { name: '加入通话' }).click()
  await Promise.all([doctor, patient, guest].map((page) => sees(page, 2)))

  await guest.goto('/consults')
  await expect(guest).toHaveURL(/\/guest$/)
  await Promise.all([doctor, patient, guest].map((page) => sees(page, 2)))

  const late = await people.newcomer()
  await late.goto(link)
  await late.getByRole('button', { name: '进入' }).click()
  await expect(late.getByRole('heading', { name: '这个链接不能用了' })).toBeVisible()

  await patient.getByTestId('call-leave').click()
  await doctor.getByTestId('call-leave').click()
  await expect(guest.getByRole('button', { name: '加入通话' })).toBeVisible()
  await guest.getByRole('button', { name: '加入通话' }).click()
  await expect(guest.getByText('通话还没有开始')).toBeVisible()
  await doctor.getByRole('button', { name: '语音通话' }).click()
  await expect(guest.getByTestId('call')).toBeVisible()
})
