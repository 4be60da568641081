/* The rules of the login and register forms, the server's said before it has to, and the sending. */
import type { FormRules } from 'element-plus'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useLocaleStore } from '@/stores/locale'
import { useSessionStore } from '@/stores/session'
import { textLength } from '@/utils/text'

interface Fields {
  login: string
  password: string
  name: string
}

const LOGIN = /^[a-z0-9._@+-]{3,64}$/

export function useLoginForm(fields: Fields, registering: () => boolean) {
  const { t } = useI18n()
  const session = useSessionStore()
  const language = useLocaleStore()
  const busy = ref(false)
  const error = ref<unknown>(null)

  function rule(message: string, fits: (value: string) => boolean) {
    return {
      trigger: 'blur',
      validator: (_rule: unknown, value: string, done: (error?: Error) => void) =>
        done(fits(value) ? undefined : new Error(message)),
    }
  }

  const rules = computed<FormRules>(() => ({
    login: [
      rule(t('login.need.login'), (value) => value.trim() !== ''),
      rule(t('login.need.loginShape'), (value) => !registering() || LOGIN.test(value.trim().toLowerCase())),
    ],
    password: [
      rule(t('login.need.password'), (value) => value !== ''),
      rule(
        t('login.need.passwordShape'),
        (value) => !registering() || (textLength(value) >= 8 && textLength(value) <= 128),
      ),
    ],
    name: [rule(t('login.need.name'), (value) => value.trim() !== '' && textLength(value.trim()) <= 64)],
  }))

  async function submit(): Promise<boolean> {
    if (busy.value) return false
    const login = fields.login.trim().toLowerCase()
    busy.value = true
    error.value = null
    try {
      if (registering()) await session.register(login, fields.password, fields.name.trim(), language.locale)
      else await session.login(login, fields.password)
      return true
    } catch (failure) {
      error.value = failure
      return false
    } finally {
      busy.value = false
    }
  }

  return { rules, busy, error, submit }
}
