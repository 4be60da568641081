/* A word outside the page, for when nobody looks at it. It tells that something came, and nothing of what. */
import { onScopeDispose, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useText } from '@/composables/useText'
import { useDevicesStore } from '@/stores/devices'

export type NoticeKind = 'message' | 'call' | 'test'
type Permission = NotificationPermission | 'none'

export function useDesktopNotice() {
  const { t } = useText()
  const router = useRouter()
  const devices = useDevicesStore()
  const permission = ref<Permission>('Notification' in window ? Notification.permission : 'none')
  const shown = new Set<Notification>()

  /* Only from a tap: browsers refuse pages that ask by themselves, and so do people. */
  async function turn(on: boolean) {
    if (on && permission.value === 'default') permission.value = await Notification.requestPermission()
    devices.setNotifies(on && permission.value === 'granted')
  }

  /* One of a kind and consult at a time, however many tabs there are. Phones have the constructor and refuse it. */
  function show(kind: NoticeKind, consult?: string) {
    try {
      const notice = new Notification(t('app.name'), {
        body: t(`device.notice.${kind}`),
        tag: `${kind}/${consult ?? ''}`,
        icon: '/favicon.svg',
        silent: true,
      })
      shown.add(notice)
      notice.onclose = () => shown.delete(notice)
      notice.onclick = () => {
        window.focus()
        notice.close()
        if (consult) void router.push({ name: 'consult', params: { consult } })
      }
    } catch {
      permission.value = 'none'
      devices.setNotifies(false)
    }
  }

  function tell(kind: NoticeKind, consult: string) {
    if (devices.notifies && document.visibilityState === 'hidden' && permission.value === 'granted')
      show(kind, consult)
  }

  function close() {
    for (const notice of shown) notice.close()
    shown.clear()
  }

  onScopeDispose(close)
  return { permission, turn, tell, close, test: () => show('test') }
}
