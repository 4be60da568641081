/* Logging in by an account center: a real one, on this machine. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Center } from '../../tests/e2e/oidc_center.mjs'
import { Consultd, freePort } from './consultd'

test('on a phone a patient logs in by the account center, and hears when it is down', async ({ browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'consultd-center-'))
  const port = await freePort()
  const file = Center.prototype.settings.call({ port, issuer: `http://127.0.0.1:${port}` }, folder)
  const server = new Consultd(['--oidc-issuer', file, '--local-accounts=off'])
  test.skip(!server.own, 'it needs a server with settings of its own')
  await server.start()
  const page = await browser.newPage({ baseURL: server.url, viewport: { width: 390, height: 844 } })
  const enter = page.getByRole('link', { name: '用账号中心登录' })

  await page.goto('/doctors')
  await expect(enter).toBeVisible()
  await expect(page.locator('input[name=login]')).toHaveCount(0)
  await enter.click()
  await expect(page.getByRole('alert')).toContainText('暂时连不上账号中心')

  const center = await Center.start({ consultd: { redirect: `${server.url}/api/v1/auth/oidc/callback` } }, port)
  await expect(async () => {
    await page.goto('/login?next=/doctors')
    await enter.click()
    await expect(page.locator('input[name=password]')).toBeVisible({ timeout: 1_000 })
  }).toPass()
  await page.locator('input[name=login]').fill('li')
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.locator('button[type=submit]').click() // he agrees
  await expect(page).toHaveURL(`${server.url}/doctors`)
  await expect(page.getByRole('heading', { level: 1, name: '找医生' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: '找医生' })).toBeVisible()

  await page.close()
  await center.down()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})
