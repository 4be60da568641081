import { fireEvent, screen } from '@testing-library/vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import AppAlerts from '@/components/layout/AppAlerts.vue'
import DevicePage from '@/pages/DevicePage.vue'
import { consult, patient } from '@/testing/fixtures'
import { settle, show, startPage } from '@/testing/harness'

const shown: { title: string; body?: string | undefined; onclick?: () => void }[] = []
const tones = vi.fn()
const ask = vi.fn(() => Promise.resolve((FakeNotification.permission = 'granted' as const)))

class FakeNotification {
  static permission: NotificationPermission
  static requestPermission = ask
  onclick?: () => void
  close = vi.fn()

  constructor(title: string, { body }: NotificationOptions) {
    shown.push(Object.assign(this, { title, body }))
  }
}

class FakeAudio {
  currentTime = 0
  destination = {}
  resume = () => Promise.resolve()
  close = () => Promise.resolve()
  createGain = () => ({
    gain: { setValueAtTime: vi.fn(), linearRampToValueAtTime: vi.fn() },
    connect: (next: unknown) => next,
  })
  createOscillator = () => ({
    frequency: {},
    connect: (next: unknown) => next,
    start: tones,
    stop: vi.fn(),
  })
}

/* What the browser says of the page. */
function look(seen: boolean) {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(seen ? 'visible' : 'hidden')
  vi.spyOn(document, 'hasFocus').mockReturnValue(seen)
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  shown.length = 0
  tones.mockClear()
  ask.mockClear()
  FakeNotification.permission = 'default'
  vi.stubGlobal('Notification', FakeNotification)
  vi.stubGlobal('AudioContext', FakeAudio)
})

describe('this device', () => {
  it('asks for the permission only when it is turned on, and shows that it works', async () => {
    startPage(patient)
    show(DevicePage)
    expect(ask).not.toHaveBeenCalled()
    await fireEvent.click(screen.getByRole('switch', { name: '页面在后台时弹出通知' }))
    await settle()
    expect(ask).toHaveBeenCalledOnce()
    await fireEvent.click(screen.getByRole('button', { name: '测试通知' }))
    expect(shown.map(({ body }) => body)).toEqual(['通知就是这个样子'])
    expect(localStorage.getItem('consultd.device.notifies')).toBe('1')
  })

  it('stays off when the browser says no, and tells what to do', async () => {
    startPage(patient)
    ask.mockResolvedValueOnce((FakeNotification.permission = 'denied') as 'granted')
    FakeNotification.permission = 'default'
    show(DevicePage)
    await fireEvent.click(screen.getByRole('switch', { name: '页面在后台时弹出通知' }))
    await settle()
    expect(screen.getByRole('status')).toHaveTextContent('浏览器不允许本页弹出通知')
    expect(localStorage.getItem('consultd.device.notifies')).toBeNull()
  })
})

describe('a new message', () => {
  it('is heard in another place, told outside a hidden page, each once, and never with its words', async () => {
    localStorage.setItem('consultd.device.notifies', '1')
    FakeNotification.permission = 'granted'
    const socket = startPage(patient)
    look(true)
    show(AppAlerts)
    socket.says('unread:changed', { consult: consult.id, lastSeq: 1, unread: 1 })
    await nextTick()
    expect([tones.mock.calls.length, shown.length]).toEqual([2, 0])

    look(false)
    socket.says('unread:changed', { consult: consult.id, lastSeq: 2, unread: 2 })
    await nextTick()
    expect([tones.mock.calls.length, shown.map(({ body }) => body)]).toEqual([4, ['您有新消息']])
    socket.says('unread:changed', { consult: consult.id, lastSeq: 2, unread: 1 })
    await nextTick()
    expect(shown).toHaveLength(1)
  })

  it('is silent where this device is set so', async () => {
    localStorage.setItem('consultd.device.quiet', '1')
    const socket = startPage(patient)
    look(false)
    show(AppAlerts)
    socket.says('unread:changed', { consult: consult.id, lastSeq: 1, unread: 1 })
    await nextTick()
    expect([tones.mock.calls.length, shown.length]).toEqual([0, 0])
  })
})
