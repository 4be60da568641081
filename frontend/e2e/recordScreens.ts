/* Pictures of a doctor's workspace and of what his patient receives; called by screenshots.spec.ts. */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { expect, message, nameOf, openConsult, PASSWORD, say, startConsult, type People } from './world'

type Take = (page: Page, name: string) => Promise<unknown>

const words = {
  'zh-CN': {
    patient: '陈晓明',
    first: '医生您好，我咳嗽三天了，晚上比较厉害',
    complaint: '咳嗽 3 天',
    history: '受凉后出现咳嗽，夜间加重，咳少量白痰，最高体温 37.6℃，无胸痛、气促。',
    plan: '对症治疗，必要时胸片。',
    other: '建议先做血常规。',
    summary: '您得的是急性支气管炎，多数由病毒引起，一般一到两周会好。',
    advice: '多喝温水，注意休息。\n体温超过 38.5℃ 时服用退热药。\n出现胸痛、气促或咳血，请立即到急诊。',
  },
  en: {
    patient: 'Sam Lee',
    first: 'Hello doctor, I have been coughing for three days',
    complaint: 'Cough for 3 days',
    history: 'Cough since a cold, worse at night, little white phlegm, 37.6 °C at most, no chest pain.',
    plan: 'Symptomatic; X-ray if it lasts.',
    other: 'Blood count first.',
    summary: 'You have acute bronchitis. A virus causes it; it usually passes within two weeks.',
    advice: 'Drink warm water and rest.\nAbove 38.5 °C take the fever medicine.\nChest pain or blood: emergency room at once.',
  },
}

async function saved(page: Page, field: string, text: string) {
  const stored = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok())
  await page.locator(`#record-${field}`).fill(text)
  await stored
  await expect(page.getByTestId('saved').filter({ visible: true })).toHaveAttribute('data-saving', 'saved')
}

async function conflict(people: People, doctor: Page, here: BrowserContextOptions, take: Take, say: { plan: string; other: string }) {
  const other = await people.login('doctor1', here)
  await other.goto(doctor.url())
  await other.locator('#tab-note').click()
  await expect(other.locator('#record-plan')).toBeVisible()
  await saved(doctor, 'plan', say.plan)
  await other.locator('#record-plan').fill(say.other)
  await other.locator('.saved .el-button').click()
  await expect(other.locator('fieldset')).toBeVisible()
  await take(other, '62-conflict')
  await other.context().close()
}

export async function recordScreens(people: People, here: BrowserContextOptions, take: Take) {
  const text = words[here.locale === 'en' ? 'en' : 'zh-CN']
  const doctor = await people.login('doctor1', here)
  const patient = await people.register(text.patient, here)
  await startConsult(patient, await nameOf(doctor), text.first)
  await openConsult(doctor, text.patient)
  await doctor.locator('.header .el-button--primary').click()
  await expect(doctor.locator('.system').first()).toBeVisible()
  await say(patient, '37.6 ℃')
  await expect(message(doctor, '37.6')).toBeVisible()
  await doctor.locator('#tab-note').click()
  await doctor.locator('#record-complaint').fill(text.complaint)
  await saved(doctor, 'history', text.history)
  await take(doctor, '60-workspace-note')
  await conflict(people, doctor, here, take, text)

  await doctor.locator('#tab-diagnosis').click()
  await doctor.locator('#icd-search').fill('zhiqiguan')
  await expect(doctor.getByRole('option').first()).toBeVisible()
  await take(doctor, '61-workspace-icd')
  await doctor.locator('#icd-search').press('Enter')
  await doctor.locator('#record-summary').fill(text.summary)
  await saved(doctor, 'advice', text.advice)
  await doctor.locator('.days button').nth(1).click()
  await take(doctor, '63-workspace-diagnosis')

  await doctor.locator('#tab-prescription').click()
  await doctor.locator('#drug-search').fill('amoxi')
  await doctor.getByRole('option').first().click()
  await expect(doctor.getByTestId('rx-edit')).toBeVisible()
  await expect(doctor.locator('[data-code=item-incomplete]').first()).toBeVisible()
  await take(doctor, '68-workspace-prescription')
  await doctor.locator('.editor .remove').click()
  await expect(doctor.getByTestId('saved').filter({ visible: true })).toHaveAttribute('data-saving', 'saved')

  await doctor.locator('.header .el-button').last().click()
  await doctor.locator('.el-message-box .el-button--primary').click()
  await expect(doctor.locator('.sign-dialog .result')).toBeVisible()
  await expect(doctor.locator('.el-message')).toHaveCount(0)
  await take(doctor, '64-preview')
  await doctor.locator('input[name=password]').fill('no')
  await doctor.locator('.sign-dialog button[type=submit]').click()
  await expect(doctor.locator('#sign-why.wrong')).toBeVisible()
  await doctor.locator('input[name=password]').fill(PASSWORD)
  await doctor.locator('input[name=password]').press('Enter')
  await expect(doctor.locator('.sign-dialog')).toHaveCount(0)

  await patient.locator('[data-card-type=result]').scrollIntoViewIfNeeded()
  await take(patient, '65-result-card')
  await patient.locator('[data-card-type=result] a').click()
  await expect(patient.locator('article.result')).toBeVisible()
  await take(patient, '66-result')
  await patient.emulateMedia({ media: 'print' })
  await take(patient, '67-result-print')
}
