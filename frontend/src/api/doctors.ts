import { http } from '@/api/http'
import type { components } from '@/api/types'

type Schemas = components['schemas']

export interface DoctorWish {
  q?: string | undefined
  department?: string | undefined
  language?: string | undefined
  sort?: 'name' | 'earliest' | undefined
}

export function listDoctors(wish: DoctorWish, cursor?: string) {
  return http<Schemas['DoctorList']>('GET', '/api/v1/doctors', { query: { ...wish, cursor, limit: 30 } })
}

export function listDepartments() {
  return http<Schemas['DepartmentOfClinicList']>('GET', '/api/v1/departments')
}

export function getDoctor(doctor: string) {
  return http<Schemas['DoctorAnswer']>('GET', `/api/v1/doctors/${doctor}`)
}

export function setDoctor(doctor: string, body: Schemas['NewDoctorProfile']) {
  return http<Schemas['DoctorAnswer']>('PUT', `/api/v1/doctors/${doctor}`, { body })
}

export function listServices(doctor: string) {
  return http<Schemas['ServiceList']>('GET', '/api/v1/services', { query: { doctor, limit: 100 } })
}

export function listSlots(doctor: string, query: { service: string; from?: string; to?: string }) {
  return http<Schemas['SlotList']>('GET', `/api/v1/doctors/${doctor}/slots`, { query })
}
