/* Who writes just now. Each word of it is good for 6 seconds. */
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { tell } from '@/realtime/socket'

const GOOD_MS = 6_000

export const useTypingStore = defineStore('typing', () => {
  const until = shallowReactive(new Map<string, ReturnType<typeof setTimeout>>())

  function heard(consult: string, user: string, on: boolean) {
    const key = `${consult} ${user}`
    clearTimeout(until.get(key))
    until.delete(key)
    if (on)
      until.set(
        key,
        setTimeout(() => until.delete(key), GOOD_MS),
      )
  }

  function isTyping(consult: string, user: string) {
    return until.has(`${consult} ${user}`)
  }

  function say(consult: string, on: boolean) {
    tell('typing', { consult, on })
  }

  function clear() {
    for (const timer of until.values()) clearTimeout(timer)
    until.clear()
  }

  return { heard, isTyping, say, clear }
})
