/* A diagnosis in the reader's language. */
import type { Diagnosis, IcdCode } from '@/api/models'
import { useText } from '@/composables/useText'

export function useDiagnosisText() {
  const { locale } = useText()
  const label = ({ label: words }: Pick<Diagnosis | IcdCode, 'label'>) =>
    locale.value === 'en' ? words.en || words.zh : words.zh || words.en
  return { label }
}
