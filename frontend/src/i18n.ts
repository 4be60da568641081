import { createI18n } from 'vue-i18n'
import en from '@/locales/en'
import zhCN from '@/locales/zh-CN'

export type Words = typeof zhCN

export function makeI18n(locale: string) {
  return createI18n<[Words], 'zh-CN' | 'en', false>({
    legacy: false,
    locale,
    fallbackLocale: 'zh-CN',
    messages: { 'zh-CN': zhCN, en },
    missingWarn: import.meta.env.DEV,
  })
}
