/* "I am here": to the waiting room. What the patient wrote when he booked goes to the doctor as his first
   words. */
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import type { Appointment } from '@/api/models'
import { useText } from '@/composables/useText'
import { useAppointmentsStore } from '@/stores/appointments'
import { useDraftsStore } from '@/stores/drafts'
import { useOutboxStore } from '@/stores/outbox'

export function useCheckIn() {
  const router = useRouter()
  const appointments = useAppointmentsStore()
  const drafts = useDraftsStore()
  const outbox = useOutboxStore()
  const { errorText } = useText()
  const busy = ref(false)

  async function checkIn(appointment: Appointment) {
    if (busy.value) return
    busy.value = true
    try {
      const { consult } = await appointments.checkIn(appointment)
      if (!consult) return
      const reason = drafts.read(`reason.${appointment.series}`)
      if (reason) void outbox.send(consult, reason)
      drafts.write(`reason.${appointment.series}`, '')
      await router.push({ name: 'waiting', params: { consult } })
    } catch (error) {
      ElMessage.error(errorText(error, 'checkIn'))
      void appointments.refresh()
    } finally {
      busy.value = false
    }
  }

  return { busy, checkIn }
}
