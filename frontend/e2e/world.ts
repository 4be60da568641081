/* The people of the specs: each has a browser of his own. */
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { Consultd } from './consultd'

export const PASSWORD = 'consultd-demo'

export const test = base.extend<{ people: People }, { server: Consultd }>({
  server: [
    async ({}, use) => {
      const server = new Consultd()
      await server.start()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  people: async ({ browser, server }, use, info) => {
    const people = new People(browser, server.url, info.project.use)
    await use(people)
    await people.leave()
    expect(people.complaints, 'the console of the pages').toEqual([])
  },
})

export { expect }

let count = 0

/* A login that nobody has had. */
export function freshLogin(): string {
  return `e2e.${Date.now().toString(36)}.${++count}`
}

export class People {
  readonly complaints: string[] = []
  private readonly pages: Page[] = []

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly options: BrowserContextOptions,
  ) {}

  async newcomer(more: BrowserContextOptions = {}): Promise<Page> {
    const { locale, timezoneId, viewport } = this.options
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale,
      timezoneId,
      viewport,
      reducedMotion: 'reduce',
      ...more,
    })
    const page = await context.newPage()
    // A server that is down or says no is part of the specs; anything else on the console is a fault.
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    this.pages.push(page)
    return page
  }

  async login(login: string, more?: BrowserContextOptions): Promise<Page> {
    const page = await this.newcomer(more)
    await this.loginIn(page, login)
    return page
  }

  async loginIn(page: Page, login: string) {
    await page.goto('/login')
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await this.toConsults(page)
  }

  async register(name: string, more?: BrowserContextOptions): Promise<Page> {
    const page = await this.newcomer(more)
    await this.registerIn(page, name)
    return page
  }

  async registerIn(page: Page, name: string) {
    await page.goto('/register')
    await page.locator('input[name=name]').fill(name)
    await page.locator('input[name=login]').fill(freshLogin())
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await this.toConsults(page)
  }

  /* From wherever the role begins. */
  private async toConsults(page: Page) {
    await expect(page).not.toHaveURL(/\/(login|register)/)
    await page.goto('/consults')
  }

  async leave() {
    await Promise.all(this.pages.map((page) => page.context().close()))
  }
}

/* What the page itself knows of its user. */
export async function nameOf(page: Page): Promise<string> {
  return page.evaluate(() => JSON.parse(localStorage.getItem('consultd.session') ?? '{}').user.name as string)
}

export async function startConsult(patient: Page, doctorName: string, text: string) {
  await patient.goto('/doctors')
  await patient.getByRole('button', { name: new RegExp(doctorName) }).click()
  await patient.getByRole('dialog').getByRole('textbox').fill(text)
  await patient.getByRole('dialog').locator('button[type=submit]').click()
  await expect(patient).toHaveURL(/\/consults\/con_/)
  await expect(message(patient, text)).toBeVisible()
}

/* The doctor opens the consult with that patient from his list. */
export async function openConsult(doctor: Page, patientName: string) {
  await doctor
    .getByRole('link', { name: new RegExp(patientName) })
    .first()
    .click()
  await expect(doctor.getByRole('heading', { level: 1 })).toContainText(patientName)
}

export function composer(page: Page) {
  return page.locator('#composer-text')
}

export async function say(page: Page, text: string) {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

export function messages(page: Page) {
  return page.locator('.message')
}

export function message(page: Page, text: string) {
  return messages(page).filter({ hasText: text })
}

export function tick(page: Page, text: string) {
  return message(page, text).locator('[data-tick]')
}

/* A patient and a doctor in the same open consult. */
export async function conversation(people: People, patientName: string, page?: Page) {
  const text = '医生您好'
  const doctor = await people.login('doctor1')
  const patient = page ?? (await people.newcomer())
  await people.registerIn(patient, patientName)
  await startConsult(patient, await nameOf(doctor), text)
  await openConsult(doctor, patientName)
  await doctor.getByRole('button', { name: '接诊' }).click()
  await expect(doctor.getByRole('button', { name: '结束问诊' })).toBeVisible()
  return { doctor, patient }
}

/* Nothing is wider than the window: nobody has to scroll sideways. */
export async function fits(page: Page) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(wide, `width of ${page.url()}`).toBeLessThanOrEqual(room ?? 0)
}
