/* Who is logged in, and the token that says so. One refresh at a time, across tabs. A guest of a call is so in
   his tab alone, whoever is logged in beside it, and until his token ends. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import * as auth from '@/api/auth'
import { ApiError } from '@/api/error'
import { useAuth } from '@/api/http'
import type { GuestSession, Locale, Me, Session } from '@/api/models'
import { localKeys, localRead, localWrite, onLocalChange } from '@/storage/local'
import { tabRead, tabWrite } from '@/storage/tab'
import { tokenLifeMs } from '@/utils/token'

interface Kept {
  token: string
  user: Me
  /* By this machine's clock, counted from when the token came. */
  endsAt: number
  /* A guest's: the consult whose calls he may join. */
  consult?: string
}

const KEY = 'session'
const GUEST = 'guest'
const RENEW_BEFORE_MS = 60_000
const RETRY_MS = 15_000

function parse(text: string | null): Kept | null {
  try {
    return JSON.parse(text ?? 'null') as Kept | null
  } catch {
    return null
  }
}

function read(): Kept | null {
  const guest = parse(tabRead(GUEST))
  return guest && guest.endsAt > Date.now() ? guest : parse(localRead(KEY))
}

export const useSessionStore = defineStore('session', () => {
  const kept = ref<Kept | null>(read())
  /* Ended by the server and not by the user: the login page says so. */
  const expired = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const user = computed(() => kept.value?.user ?? null)
  const token = computed(() => kept.value?.token ?? null)
  /* The consult whose guest this tab is. */
  const guestOf = computed(() => kept.value?.consult ?? null)

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

  function adopt({ token, expiresAt, user, ...guest }: Session | GuestSession) {
    const life = tokenLifeMs(token) ?? Date.parse(expiresAt) - Date.now()
    const value: Kept = { token, user, endsAt: Date.now() + life, ...guest }
    if (value.consult) tabWrite(GUEST, JSON.stringify(value))
    else localWrite(KEY, JSON.stringify(value))
    expired.value = false
    keep(value)
  }

  function schedule() {
    clearTimeout(timer)
    if (!kept.value) return
    const life = kept.value.endsAt - Date.now()
    if (kept.value.consult) {
      timer = setTimeout(() => end(true), life)
      return
    }
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
    if (guestOf.value) {
      if (token.value === spent) end(true)
      return Promise.resolve(false)
    }
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
    if (guestOf.value) tabWrite(GUEST, null)
    else localWrite(KEY, null)
    keep(null)
  }

  async function login(login: string, password: string) {
    adopt(await auth.login({ login, password }))
  }

  /* Back from an account center: the cookie is here, the token is not yet. */
  async function resume() {
    adopt(await auth.refresh())
  }

  /* Whoever has no password proves at his account center who he is, and comes back to `next`. */
  async function confirm(next: string) {
    window.location.assign((await auth.startIdentity({ purpose: 'confirm', next })).location)
  }

  async function enterAsGuest(link: string) {
    adopt(await auth.enterAsGuest(link))
  }

  async function register(login: string, password: string, name: string, locale: Locale) {
    adopt(await auth.register({ login, password, name, locale }))
  }

  /* Leaves this device even when the server cannot be told. */
  async function logout() {
    // The cookie is of whoever is logged in in the other tabs.
    if (guestOf.value) return end(false)
    const id = user.value?.id
    await auth.logout().catch(() => undefined)
    for (const key of localKeys(`draft.${id}.`)) localWrite(key, null)
    end(false)
  }

  useAuth({ token: () => token.value, renew })
  onLocalChange(KEY, () => keep(read()))
  schedule()

  return {
    user,
    token,
    expired,
    guestOf,
    login,
    register,
    resume,
    confirm,
    enterAsGuest,
    logout,
    renew,
    methods: auth.methods,
  }
})
