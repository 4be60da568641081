/* An appointment and its payment, while a page shows them. */
import { computed, ref, shallowRef, watch } from 'vue'
import { asApiError } from '@/api/error'
import type { Payment } from '@/api/models'
import { useAppointmentsStore } from '@/stores/appointments'
import type { Load } from '@/utils/load'

export function useAppointment(id: () => string) {
  const appointments = useAppointmentsStore()
  const load = ref<Load>({ kind: 'loading' })
  const payment = shallowRef<Payment | null>(null)
  const appointment = computed(() => appointments.get(id()))

  async function pay() {
    const asked = id()
    if ((appointment.value?.fee.amount ?? 0) === 0) return
    const order = await appointments.payment(asked).catch(() => payment.value)
    if (asked === id()) payment.value = order
  }

  async function refresh() {
    if (!appointment.value) load.value = { kind: 'loading' }
    try {
      await appointments.open(id())
      load.value = { kind: 'ready' }
    } catch (error) {
      load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  watch(
    id,
    () => {
      payment.value = null
      void refresh()
    },
    { immediate: true },
  )
  /* Every word of the server about it may be about the money. */
  watch(appointment, () => void pay(), { immediate: true })

  return { load, appointment, payment, history: computed(() => appointments.history(id())), refresh }
}
