/* The private address of the user's calendar: known only to the page that made it. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { makeCalendarFeed, removeCalendarFeed } from '@/api/me'

export const useFeedStore = defineStore('feed', () => {
  const url = ref('')

  async function make() {
    url.value = (await makeCalendarFeed()).url
  }

  async function remove() {
    await removeCalendarFeed()
    forget()
  }

  function forget() {
    url.value = ''
  }

  return { url, make, remove, forget }
})
