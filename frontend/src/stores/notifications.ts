/* What the reader was told, and how much of it he has not seen. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asApiError } from '@/api/error'
import * as api from '@/api/me'
import type { Notification } from '@/api/models'
import type { Load } from '@/utils/load'

export const useNotificationsStore = defineStore('notifications', () => {
  const list = shallowRef<Notification[]>([])
  const unread = ref(0)
  const load = ref<Load>({ kind: 'idle' })
  const nextCursor = ref<string | null>(null)

  async function refresh() {
    if (load.value.kind !== 'ready') load.value = { kind: 'loading' }
    try {
      const page = await api.listNotifications()
      list.value = page.items
      unread.value = page.unread
      nextCursor.value = page.nextCursor
      load.value = { kind: 'ready' }
    } catch (error) {
      if (load.value.kind !== 'ready') load.value = { kind: 'failed', error: asApiError(error) }
    }
  }

  async function more() {
    if (!nextCursor.value) return
    const page = await api.listNotifications(nextCursor.value)
    list.value = [...list.value, ...page.items]
    nextCursor.value = page.nextCursor
  }

  function added(notification: Notification, count: number) {
    list.value = [notification, ...list.value.filter(({ id }) => id !== notification.id)]
    unread.value = count
  }

  /* On another device. Which ones is known after a look. */
  function readElsewhere(count: number) {
    unread.value = count
    if (load.value.kind === 'ready') void refresh()
  }

  async function readAll() {
    const newest = list.value[0]
    if (!newest || unread.value === 0) return
    unread.value = (await api.readNotifications(newest.id)).unread
  }

  function clear() {
    list.value = []
    unread.value = 0
    load.value = { kind: 'idle' }
    nextCursor.value = null
  }

  return { list, unread, load, nextCursor, refresh, more, added, readElsewhere, readAll, clear }
})
