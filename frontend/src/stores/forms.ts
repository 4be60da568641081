/* Forms before a visit: asked for when they are shown, answered as they are filled in. */
import { defineStore } from 'pinia'
import * as api from '@/api/forms'

export const useFormsStore = defineStore('forms', () => ({
  ofVisit: api.getVisitForm,
  answer: api.answerVisitForm,
  ofService: api.getServiceForm,
  save: api.setServiceForm,
}))
