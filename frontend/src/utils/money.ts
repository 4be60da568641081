import type { Money } from '@/api/models'

/* 5000 CNY -> ¥50.00. How many minor units make one is the currency's. */
export function moneyText({ amount, currency }: Money, locale: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/* As a field shows it: 5000 CNY is 50.00. */
export function majorOf({ amount, currency }: Money): string {
  const digits = digitsOf(currency)
  return (amount / 10 ** digits).toFixed(digits)
}

/* NaN when it is no amount of that currency. */
export function minorOf(text: string, currency: string): number {
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d+))?$/.exec(text.trim()) ?? []
  const digits = digitsOf(currency)
  return whole && part.length <= digits ? Number(whole + part.padEnd(digits, '0')) : NaN
}
