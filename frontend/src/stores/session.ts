/* Who is logged in, and the token that says so. One refresh at a time, across tabs. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import * as auth from '@/api/auth'
import { ApiError } from '@/api/error'
import { useAuth } from '@/api/http'
import type { Locale, Me, Session } from '@/api/models'
import { localKeys, localRead, localWrite, onLocalChange } from '@/storage/local'
import { tokenLifeMs } from '@/utils/token'

interface Kept {
  token: string
  user: Me
  /* By this machine's clock, counted from when the token came. */
  endsAt: number
}

const KEY = 'session'
const RENEW_BEFORE_MS = 60_000
const RETRY_MS = 15_000

function read(): Kept | null {
  try {
    return JSON.parse(localRead(KEY) ?? 'null') as Kept | null
  } catch {
    return null
  }
}

export const useSessionStore = defineStore('session', () => {
  const kept = ref<Kept | null>(read())
  /* Ended by the server and not by the user: the login page says so. */
  const expired = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const user = computed(() => kept.value?.user ?? null)
  const token = computed(() => kept.value?.token ?? null)

  /* Refresh tokens are good once: two tabs that refresh together would end the session. (A browser without
     locks keeps at least this tab in line.) */
  let before: Promise<unknown> = Promise.resolve()
  function alone<T>(task: () => Promise<T>): Promise<T> {
    if (navigator.locks) return navigator.locks.request('consultd.refresh', task)
    const mine = before.then(task, task)
    before = mine
    return mine
  }

  function keep(value: Kept | null) {
    kept.value = value
    schedule()
  }

  function adopt(session: Session) {
    const life = tokenLifeMs(session.token) ?? Date.parse(session.expiresAt) - Date.now()
    const value = { token: session.token, user: session.user, endsAt: Date.now() + life }
    localWrite(KEY, JSON.stringify(value))
    expired.value = false
    keep(value)
  }

  function schedule() {
    clearTimeout(timer)
    if (!kept.value) return
    const life = kept.value.endsAt - Date.now()
    const wait = life > 2 * RENEW_BEFORE_MS ? life - RENEW_BEFORE_MS : life / 2
    timer = setTimeout(() => void renewInTime(), Math.max(wait, 1_000))
  }

  async function renewInTime() {
    const spent = token.value
    if (spent && !(await renew(spent)) && token.value === spent)
      timer = setTimeout(() => void renewInTime(), RETRY_MS)
  }

  /* Changes `spent` for a new token. False: not now (network), or not any more (the session ended, user is
     null). */
  function renew(spent: string): Promise<boolean> {
    return alone(async () => {
      const current = read()
      if (current && current.token !== spent) {
        keep(current)
        return true
      }
      if (!current) {
        keep(null)
        return false
      }
      try {
        adopt(await auth.refresh())
        return true
      } catch (error) {
        if (error instanceof ApiError && error.code === 'unauthorized') end(true)
        return false
      }
    })
  }

  /* Drafts and unsent messages stay unless the user himself says goodbye. */
  function end(byServer: boolean) {
    expired.value = byServer
    localWrite(KEY, null)
    keep(null)
  }

  async function login(login: string, password: string) {
    adopt(await auth.login({ login, password }))
  }

  async function register(login: string, password: string, name: string, locale: Locale) {
    adopt(await auth.register({ login, password, name, locale }))
  }

  /* Leaves this device even when the server cannot be told. */
  async function logout() {
    const id = user.value?.id
    await auth.logout().catch(() => undefined)
    for (const key of localKeys(`draft.${id}.`)) localWrite(key, null)
    end(false)
  }

  useAuth({ token: () => token.value, renew })
  onLocalChange(KEY, () => keep(read()))
  schedule()

  return { user, token, expired, login, register, logout, renew }
})
