/* The form before a visit as its reader sees it: which questions are asked, and what was answered in words. */
import type { Answers, FormQuestion } from '@/api/models'

type Answer = Answers[string] | undefined
type Both = { zh: string; en: string }

function isIn(answer: Answer, ids: string[]): boolean {
  if (Array.isArray(answer)) return answer.some((id) => ids.includes(id))
  return typeof answer === 'string' && ids.includes(answer)
}

/* As the server has it: asked is what depends on nothing, or on an answer to a question that is asked itself. */
export function askedOf(questions: FormQuestion[], answers: Answers): FormQuestion[] {
  const asked: FormQuestion[] = []
  for (const question of questions) {
    const { showIf } = question
    const known = showIf && asked.some(({ id }) => id === showIf.question)
    if (!showIf || (known && isIn(answers[showIf.question], showIf.in))) asked.push(question)
  }
  return asked
}

export function inLanguage(text: Both, locale: string): string {
  return locale === 'en' ? text.en : text.zh
}

/* In words; the two of yesno are the page's. */
export function answerText(question: FormQuestion, answer: Answer, locale: string, yesno: Record<string, string>): string {
  if (answer === undefined) return ''
  const option = (id: string) => {
    const known = question.options?.find((one) => one.id === id)
    return known ? inLanguage(known.text, locale) : (yesno[id] ?? id)
  }
  if (Array.isArray(answer)) return answer.map(option).join(locale === 'en' ? ', ' : '、')
  if (typeof answer === 'number' || question.kind === 'text') return String(answer)
  return option(answer)
}
