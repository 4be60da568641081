/* What can be booked with a doctor: who he is, what he offers, and which times are free. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import * as api from '@/api/doctors'
import type { DoctorProfile, Service, Slot } from '@/api/models'
import { instant } from '@/utils/time'

export interface Offer {
  doctor: DoctorProfile
  services: Service[]
}

export const useSlotsStore = defineStore('slots', () => {
  const offers = shallowRef(new Map<string, Offer>())

  async function offer(doctor: string): Promise<Offer> {
    const known = offers.value.get(doctor)
    if (known) return known
    const [answer, services] = await Promise.all([api.getDoctor(doctor), api.listServices(doctor)])
    const fresh = { doctor: answer.doctor, services: services.items }
    offers.value = new Map(offers.value).set(doctor, fresh)
    return fresh
  }

  function list(
    doctor: string,
    service: string,
    from: Date,
    to: Date,
  ): Promise<{ items: Slot[]; tz: string }> {
    return api.listSlots(doctor, { service, from: instant(from), to: instant(to) })
  }

  function clear() {
    offers.value = new Map()
  }

  return { offers, offer, list, clear }
})
