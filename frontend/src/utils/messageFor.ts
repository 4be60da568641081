/* One place that turns a failure into words: the cause and the next step in the reader's language, and the
   request's id for whoever looks it up in the log. */
import { asApiError } from '@/api/error'

interface Words {
  t(key: string, named?: Record<string, unknown>): string
  te(key: string): boolean
}

/* `doing` names a place where a code means something particular: at login, unauthorized is a wrong
   password. */
export function messageFor(error: unknown, { t, te }: Words, doing?: string): string {
  const { code, requestId, retryAfter } = asApiError(error)
  const particular = `error.${doing}.${code}`
  const general = te(`error.any.${code}`) ? `error.any.${code}` : 'error.any.internal'
  const text = t(doing && te(particular) ? particular : general, { seconds: retryAfter ?? 30 })
  return requestId ? `${text} ${t('error.request', { id: requestId })}` : text
}
