import { expect, test } from 'vitest'
import { moneyText } from '@/utils/money'

test.each([
  [5000, 'CNY', 'zh-CN', '¥50.00'],
  [5000, 'CNY', 'en', '¥50.00'],
  [1999, 'EUR', 'en', '€19.99'],
  [500, 'JPY', 'en', '¥500'],
])('%i of %s in %s is %s', (amount, currency, locale, text) => {
  expect(moneyText({ amount, currency }, locale)).toBe(text)
})
