/* The text of a message as the reader sees it: what the system says comes as a code and is said in his
   language. */
import { useI18n } from 'vue-i18n'
import type { Message } from '@/api/models'

export function useSystemText() {
  const { t, te } = useI18n()

  function systemText(message: Message): string {
    const key = `system.${message.text}`
    return t(te(key) ? key : 'system.other', { name: message.sender.name })
  }

  function bodyText(message: Message): string {
    if (message.recalledAt) return t('message.recalled')
    if (message.kind === 'system') return systemText(message)
    if (message.file) return t(`file.said.${message.kind}`, { name: message.file.name })
    if (message.card) return t(`card.said.${message.card.type}`)
    return message.text ?? t('message.unsupported')
  }

  return { bodyText }
}
