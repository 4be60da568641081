import { expect, test } from 'vitest'
import openapi from '../../../server/api/openapi.json'
import { makeI18n } from '@/i18n'
import en from '@/locales/en'
import zhCN from '@/locales/zh-CN'

function flat(words: object, path = ''): [key: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[path + name, value] as [string, string]]
      : flat(value as object, `${path}${name}.`),
  )
}

const chinese = flat(zhCN)
const english = flat(en)

test('both languages have the same keys', () => {
  expect(english.map(([key]) => key).sort()).toEqual(chinese.map(([key]) => key).sort())
})

test('both languages name the same things in a text', () => {
  const named = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
  const other = new Map(english)
  for (const [key, text] of chinese) expect([key, named(other.get(key) ?? '')]).toEqual([key, named(text)])
})

test.each(['zh-CN', 'en'] as const)('every text of %s can be said', (locale) => {
  const { t } = makeI18n(locale).global
  const texts = flat(locale === 'en' ? en : zhCN)
  for (const [key, text] of texts) {
    if (key.startsWith('app.points.')) continue
    expect(t(key, {}), key).not.toBe(key)
    expect(text.trim(), key).not.toBe('')
  }
})

test('there are words for every code of the server', () => {
  for (const code of openapi.components.schemas.ErrorCode.enum)
    expect(Object.keys(zhCN.error.any)).toContain(code)
  for (const state of openapi.components.schemas.ConsultState.enum)
    expect(Object.keys(zhCN.state)).toContain(state)
  for (const status of openapi.components.schemas.AppointmentStatus.enum)
    expect(Object.keys(zhCN.appointments.status)).toContain(status)
  for (const state of openapi.components.schemas.PaymentState.enum)
    expect(Object.keys(zhCN.payment.is)).toContain(state)
  for (const kind of openapi.components.schemas.Notification.properties.kind.enum)
    expect(Object.keys(zhCN.notifications.kind)).toContain(kind)
  for (const role of openapi.components.schemas.Role.enum) expect(Object.keys(zhCN.role)).toContain(role)
})
