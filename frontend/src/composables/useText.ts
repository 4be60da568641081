/* Words and times in the reader's language. */
import { useI18n } from 'vue-i18n'
import type { Money } from '@/api/models'
import { moneyText } from '@/utils/money'
import * as time from '@/utils/time'
import { messageFor } from '@/utils/messageFor'

export function useText() {
  const { t, te, tm, locale } = useI18n()

  const zoned = () => ({ locale: locale.value })

  return {
    t,
    te,
    /* A list of texts. */
    tm: (key: string) => tm(key) as string[],
    locale,
    errorText: (error: unknown, doing?: string) => messageFor(error, { t, te }, doing),
    clock: (date: Date) => time.clockTime(date, zoned()),
    absolute: (date: Date) => time.absoluteTime(date, zoned()),
    stamp: (date: Date) => time.stamp(date, zoned()),
    day: (date: Date, now: Date) => time.dayTitle(date, now, zoned()),
    span: (startAt: string, endAt: string) => time.spanTime(new Date(startAt), new Date(endAt), zoned()),
    zone: (date: Date, timeZone?: string) => time.zoneLabel(date, { locale: locale.value, timeZone }),
    money: (amount: Money) => moneyText(amount, locale.value),
    short: (date: Date, now: Date) => time.listTime(date, now, zoned()),
  }
}
