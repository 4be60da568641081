/* What is half written: per user and place, kept across reloads and an ended session. */
import { defineStore } from 'pinia'
import { localRead, localWrite } from '@/storage/local'
import { useSessionStore } from '@/stores/session'

export const useDraftsStore = defineStore('drafts', () => {
  const session = useSessionStore()

  function key(place: string) {
    return `draft.${session.user?.id}.${place}`
  }

  function read(place: string): string {
    return localRead(key(place)) ?? ''
  }

  function write(place: string, text: string) {
    if (session.user) localWrite(key(place), text === '' ? null : text)
  }

  return { read, write }
})
