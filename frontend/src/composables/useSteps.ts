/* What a doctor or his clinic decides about an appointment; a no needs its reason, and the patient reads it. */
import { ElMessage } from 'element-plus/es/components/message/index'
import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import { ref } from 'vue'
import type { Appointment } from '@/api/models'
import { useText } from '@/composables/useText'
import { useAgendaStore } from '@/stores/agenda'

type Step = Parameters<ReturnType<typeof useAgendaStore>['step']>[1]

/* Without a version it is whatever state it is in. */
type Target = Pick<Appointment, 'id' | 'patient'> & { version?: number }

const REASON_MAX = 800

export function useSteps() {
  const { t, errorText } = useText()
  const agenda = useAgendaStore()
  const busy = ref('')

  async function take(one: Target, step: Step, reason?: string): Promise<boolean> {
    busy.value = one.id
    try {
      await agenda.step(one, step, reason)
      ElMessage({ type: 'success', message: t(`step.done.${step}`, { name: one.patient.name }) })
      return true
    } catch (error) {
      ElMessage({ type: 'error', message: errorText(error, step), duration: 6_000, showClose: true })
      return false
    } finally {
      busy.value = ''
    }
  }

  async function withReason(one: Appointment, step: 'reject' | 'cancel'): Promise<boolean> {
    const answer = await ElMessageBox.prompt(t('step.reasonText'), t(`step.title.${step}`), {
      inputValidator: (text: string) => {
        const length = text?.trim().length ?? 0
        return (length > 0 && length <= REASON_MAX) || t('step.reasonNeeded')
      },
      inputPlaceholder: t('step.reasonHint'),
      confirmButtonText: t(`step.${step}`),
      cancelButtonText: t('doctors.cancel'),
    }).catch(() => null)
    return answer !== null && take(one, step, answer.value.trim())
  }

  async function noShow(one: Target): Promise<boolean> {
    const sure = await ElMessageBox.confirm(
      t('step.noShowText', { name: one.patient.name }),
      t('step.noShow'),
      {
        confirmButtonText: t('step.noShow'),
        cancelButtonText: t('doctors.cancel'),
        type: 'warning',
      },
    ).catch(() => 'no')
    return sure === 'confirm' && take(one, 'no-show')
  }

  return {
    busy,
    approve: (one: Appointment) => take(one, 'approve'),
    reject: (one: Appointment) => withReason(one, 'reject'),
    cancel: (one: Appointment) => withReason(one, 'cancel'),
    noShow,
  }
}
