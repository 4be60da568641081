/* A page without a server: real stores, router and words; the socket is the fake one, fetch is answered by a table. */
import { flushPromises } from '@vue/test-utils'
import { render } from '@testing-library/vue'
import { createPinia, setActivePinia } from 'pinia'
import type { Component } from 'vue'
import { createMemoryHistory } from 'vue-router'
import { vi } from 'vitest'
import type { Me } from '@/api/models'
import { makeI18n } from '@/i18n'
import { listen } from '@/listeners'
import { makeRouter } from '@/router'
import { localWrite } from '@/storage/local'
import { fakeSocket } from '@/testing/fakeSocket'

type Reply = { status?: number; body?: object; headers?: Record<string, string> }

/* What fetch answers, by "METHOD /path" without the query. */
export function answerFetch(table: Record<string, Reply | ((request: { body: unknown }) => Reply)>) {
  const fetched = vi.fn(async (address: string, init: RequestInit = {}) => {
    const key = `${init.method ?? 'GET'} ${address.split('?')[0]}`
    const entry = table[key]
    if (!entry) throw new TypeError(`nobody answers ${key}`)
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined
    const reply = typeof entry === 'function' ? entry({ body }) : entry
    return new Response(reply.body ? JSON.stringify(reply.body) : null, {
      status: reply.status ?? 200,
      headers: reply.headers,
    })
  })
  vi.stubGlobal('fetch', fetched)
  return fetched
}

export function problem(status: number, code: string, requestId = 'r-1'): Reply {
  return {
    status,
    body: { type: 'about:blank', title: code, status, code, detail: 'server words', requestId },
  }
}

export function logIn(user: Me, token = 'token-1', lifeMs = 900_000) {
  localWrite('session', JSON.stringify({ token, user, endsAt: Date.now() + lifeMs }))
}

/* The stores of a page whose user is logged in, listening to the fake socket. */
export function startPage(user: Me | null) {
  if (user) logIn(user)
  setActivePinia(createPinia())
  listen()
  return fakeSocket
}

export function show(component: Component, props: Record<string, unknown> = {}, locale = 'zh-CN') {
  const router = makeRouter(createMemoryHistory())
  return render(component, { props, global: { plugins: [makeI18n(locale), router] } })
}

export const settle = flushPromises
