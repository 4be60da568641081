/* From a free time to an appointment: said for whom and why, held, confirmed or paid. What was filled in stays,
   whatever becomes of the time. */
import { computed, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { asApiError } from '@/api/error'
import type { Appointment, Slot } from '@/api/models'
import { useAttempt } from '@/composables/useAttempt'
import { useDraft } from '@/composables/useDraft'
import { useText } from '@/composables/useText'
import { useAppointmentsStore } from '@/stores/appointments'
import { useConsentsStore } from '@/stores/consents'
import { useFamilyStore } from '@/stores/family'
import { isOnlyKept } from '@/utils/appointments'
import type { Load } from '@/utils/load'

interface Wish {
  doctor: string
  /* The doctor's; empty while it is not known. */
  clinic: string
  service: string
  start: string
  appointment: string
  /* Who was chosen before; or nobody. */
  patient: string
}

export function useBooking(wish: () => Wish) {
  const router = useRouter()
  const { locale } = useText()
  const appointments = useAppointmentsStore()
  const consents = useConsentsStore()
  const family = useFamilyStore()
  const { busy, attempt } = useAttempt(() => `book.${wish().doctor}`)

  const load = ref<Load>({ kind: 'loading' })
  const patient = ref('')
  const reason = useDraft(() => `reason.${wish().doctor}`)
  const agreed = ref(false)
  const error = shallowRef<unknown>(null)
  const alternatives = shallowRef<Slot[]>([])

  const held = computed(() => appointments.get(wish().appointment))
  const step = computed(() => (!held.value ? 'form' : isOnlyKept(held.value) ? 'held' : 'done'))
  /* What he is to agree to is known. */
  const known = computed(() => patient.value !== '' && consents.patient === patient.value)
  const ready = computed(() => !busy.value && known.value && (agreed.value || consents.missing.length === 0))

  async function refresh() {
    load.value = { kind: 'loading' }
    try {
      const asked = wish().appointment
      await Promise.all([family.refresh(), asked && appointments.open(asked)])
      patient.value ||= family.list.find(({ id }) => id === wish().patient)?.id ?? ''
      patient.value ||= family.list.find(({ relation }) => relation === 'self')?.id ?? ''
      await consentsOf(wish().clinic, patient.value)
      load.value = { kind: 'ready' }
    } catch (failure) {
      load.value = { kind: 'failed', error: asApiError(failure) }
    }
  }

  /* Each patient agrees for himself, or his guardian does. */
  async function consentsOf(clinic: string, of: string) {
    agreed.value = false
    if (clinic && of) await consents.refresh(locale.value, clinic, of)
  }

  watch([() => wish().clinic, patient], async ([clinic, of]) => {
    try {
      await consentsOf(clinic, of)
    } catch (failure) {
      load.value = { kind: 'failed', error: asApiError(failure) }
    }
  })

  /* Shows why it failed; a time that was lost brings the nearest free ones. */
  function failed(failure: unknown) {
    // The page says what is to be done, by what is known of the family then.
    if (asApiError(failure).why === 'patient-unverified') return void family.refresh()
    error.value = failure
    alternatives.value = asApiError(failure).slots
  }

  async function hold(startAt = wish().start) {
    const { doctor } = wish()
    const service = wish().service || held.value?.service.id || ''
    const self = family.list.find(({ relation }) => relation === 'self')?.id
    const chosen = patient.value && patient.value !== self ? { patient: patient.value } : {}
    const words = reason.value.trim()
    const wished = { doctor, service, startAt, ...chosen, ...(words && { reason: words }) }
    error.value = null
    try {
      const made = await attempt(wished, async (key) => {
        await consents.give(consents.missing)
        return appointments.book(wished, key)
      })
      if (!made) return
      alternatives.value = []
      await router.replace({ query: { service, appointment: made.id } })
    } catch (failure) {
      failed(failure)
    }
  }

  async function confirm() {
    const one = held.value
    if (!one) return
    error.value = null
    try {
      await attempt({ confirm: one.id, version: one.version }, async () =>
        settle(one.status === 'held' ? await appointments.confirm(one) : one),
      )
    } catch (failure) {
      failed(failure)
      void appointments.open(one.id).catch(() => undefined)
    }
  }

  async function settle(done: Appointment) {
    reason.value = ''
    if (done.status !== 'pending_payment') return
    const { checkoutUrl } = await appointments.openPayment(done.id)
    if (checkoutUrl) location.assign(checkoutUrl)
  }

  /* Lets the time go, for another. */
  async function release() {
    const one = held.value
    if (one && isOnlyKept(one)) await appointments.cancel(one).catch(() => undefined)
    await router.replace({ name: 'doctor', params: { doctor: wish().doctor } })
  }

  return {
    load,
    patient,
    reason,
    agreed,
    known,
    error,
    alternatives,
    held,
    step,
    ready,
    busy,
    refresh,
    hold,
    confirm,
    release,
  }
}
