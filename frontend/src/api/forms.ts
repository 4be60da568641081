import { http } from '@/api/http'
import type { Form, NewAnswers, NewForm, VisitForm } from '@/api/models'

export function getServiceForm(service: string) {
  return http<Form>('GET', `/api/v1/services/${service}/form`)
}

export function setServiceForm(service: string, version: number, body: NewForm) {
  return http<Form>('PUT', `/api/v1/services/${service}/form`, { body, headers: { 'If-Match': `"${version}"` } })
}

export function getVisitForm(appointment: string) {
  return http<VisitForm>('GET', `/api/v1/appointments/${appointment}/form`)
}

export function answerVisitForm(appointment: string, body: NewAnswers) {
  return http<VisitForm>('PUT', `/api/v1/appointments/${appointment}/form`, { body })
}
