/* How long until then, in words; by the server's time. */
import { useText } from '@/composables/useText'
import { timeLeft } from '@/utils/time'

export function useTimeLeft() {
  const { t } = useText()

  function leftText(until: string, now: number): string {
    const { unit, big, small } = timeLeft(Date.parse(until) - now)
    return t(`left.${unit}`, { big, small: unit === 'minutes' ? String(small).padStart(2, '0') : small })
  }

  return { leftText }
}
