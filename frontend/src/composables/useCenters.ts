/* The account centers one can log in at, and what came of it: whoever comes back has a cookie, or hears why not. */
import { onMounted, ref } from 'vue'
import type { LoginMethods } from '@/api/models'
import { useSessionStore } from '@/stores/session'

const FAILURES = ['down', 'role', 'taken', 'refused'] as const
export type CenterFailure = (typeof FAILURES)[number]

export function useCenters(outcome: unknown, entered: () => void) {
  const session = useSessionStore()
  /* Null: not known yet. */
  const methods = ref<LoginMethods | null>(null)
  const failure = ref<CenterFailure | null>(FAILURES.find((one) => one === outcome) ?? null)

  onMounted(async () => {
    if (outcome === 'done') {
      try {
        await session.resume()
        return entered()
      } catch {
        failure.value = 'refused'
      }
    }
    methods.value = await session.methods().catch(() => ({ local: true, issuers: [] }))
  })

  return { methods, failure }
}
