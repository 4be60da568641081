import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from '@/App.vue'
import { makeI18n } from '@/i18n'
import { listen } from '@/listeners'
import { makeRouter } from '@/router'
import { useLocaleStore } from '@/stores/locale'
import { useSessionStore } from '@/stores/session'
import '@/styles/tokens.css'
import '@/styles/base.css'

const app = createApp(App).use(createPinia())
const language = useLocaleStore()
const session = useSessionStore()
const i18n = makeI18n(language.locale)
const router = makeRouter()

listen()
watch(
  () => language.locale,
  (locale) => {
    i18n.global.locale.value = locale
    document.documentElement.lang = locale
  },
  { immediate: true },
)
// The session ended, here or in another tab: to the login page, and back here afterwards.
watch(
  () => session.user?.id,
  (user, before) => {
    // A guest comes and goes on his page alone.
    if (before !== undefined && user !== before && router.currentRoute.value.name !== 'guest')
      void router.push(user ? '/' : { name: 'login', query: nextPage() })
  },
)

function nextPage() {
  return session.expired ? { next: router.currentRoute.value.fullPath } : {}
}

app.use(i18n).use(router).mount('#app')
