/* The pages that the library's examples bring along. Their client is the official one, from our own packages
   instead of from the net. */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { freePort } from './consultd'

const BUILD = join(import.meta.dirname, '../../build/examples')
const CLIENT = join(import.meta.dirname, '../node_modules/socket.io-client/dist/socket.io.esm.min.js')
const CDN = 'https://cdn.jsdelivr.net/npm/socket.io-client@4/dist/socket.io.esm.min.js'

let child: ChildProcess | undefined

async function start(name: string, ...flags: string[]) {
  const url = `http://localhost:${await freePort()}`
  child = spawn(join(BUILD, name), ['--port', new URL(url).port, ...flags], { stdio: 'inherit' })
  await expect.poll(() => fetch(url).then((reply) => reply.ok, () => false), { timeout: 20_000 }).toBe(true)
  return url
}

async function open(page: Page, url: string) {
  await page.route(CDN, (route) => route.fulfill({ path: CLIENT, contentType: 'text/javascript' }))
  await page.goto(url)
  return page
}

test.afterEach(async () => {
  const ended = new Promise((resolve) => child?.once('exit', resolve))
  child?.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('chat: who is in a room sees what the others say, as text', async ({ page, context }) => {
  const url = await start('chat')
  const other = await open(await context.newPage(), `${url}/#ward`)
  await open(page, `${url}/#ward`)
  for (const one of [page, other]) await expect(one.getByLabel('Words')).toBeVisible()
  await page.getByLabel('Words').fill('<b>你好</b>')
  await page.getByRole('button', { name: 'Say' }).click()
  for (const one of [page, other]) await expect(one.getByRole('listitem')).toHaveText(['<b>你好</b>'])
  await expect(page.getByLabel('Words')).toHaveValue('')
})

test('notify: what is posted rings the bell', async ({ page, request }) => {
  const inner = await freePort()
  const url = await start('notify', '--inner-port', `${inner}`)
  await open(page, `${url}/?user=anna`)
  await expect(page.locator('body[data-connected]')).toBeVisible()
  const headers = { 'Content-Type': 'application/json' }
  for (const note of ['Dr. Li waits', '你好'])
    await request.post(`http://localhost:${inner}/notify?user=anna`, { data: JSON.stringify(note), headers })
  await expect(page.getByRole('listitem')).toHaveText(['Dr. Li waits', '你好'])
  await expect(page.getByRole('status')).toHaveText('2')
})

test('game: the arrow keys steer', async ({ page }) => {
  await open(page, await start('game'))
  const field = page.locator('#field')
  await expect(field).toHaveAttribute('data-x', '320')
  await page.keyboard.down('ArrowLeft')
  await expect(field).toHaveAttribute('data-x', '0')
  await page.keyboard.up('ArrowLeft')
  await page.keyboard.down('ArrowDown')
  await expect(field).toHaveAttribute('data-y', '360')
})
