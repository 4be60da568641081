/* "I am here": to the waiting room. */
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { asApiError } from '@/api/error'
import type { Appointment } from '@/api/models'
import { useText } from '@/composables/useText'
import { useAppointmentsStore } from '@/stores/appointments'
import { useConsentsStore } from '@/stores/consents'

export function useCheckIn() {
  const router = useRouter()
  const appointments = useAppointmentsStore()
  const { errorText, locale } = useText()
  const consents = useConsentsStore()
  const busy = ref(false)
  /* Something is to be agreed to first. */
  const asking = ref(false)

  async function checkIn(appointment: Appointment) {
    if (busy.value) return
    busy.value = true
    try {
      const { consult } = await appointments.checkIn(appointment)
      if (!consult) return
      await router.push({ name: 'waiting', params: { consult } })
    } catch (error) {
      if (asApiError(error).code === 'consent-missing') return await ask(appointment)
      ElMessage.error(errorText(error, 'checkIn'))
      void appointments.refresh()
    } finally {
      busy.value = false
    }
  }

  async function ask({ clinic, patient }: Appointment) {
    await consents.refresh(locale.value, clinic.id, patient.id).catch(() => undefined)
    asking.value = consents.missing.length > 0
  }

  async function agree(appointment: Appointment) {
    asking.value = false
    await consents.give(consents.missing).catch((error: unknown) => ElMessage.error(errorText(error)))
    await checkIn(appointment)
  }

  return { busy, asking, checkIn, agree }
}
