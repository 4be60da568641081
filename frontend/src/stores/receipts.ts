/* "It arrived", "it was read": told once for each seq, and again after a gap if it could not be told. */
import { defineStore } from 'pinia'
import { ask } from '@/realtime/socket'

type Receipt = 'message:delivered' | 'message:read'

export const useReceiptsStore = defineStore('receipts', () => {
  const wanted = new Map<
    string,
    { event: Receipt; consult: string; seq: number; told: number; busy: boolean }
  >()

  async function tell(key: string) {
    const receipt = wanted.get(key)
    if (!receipt || receipt.busy || receipt.told >= receipt.seq) return

    const { event, consult, seq } = receipt
    receipt.busy = true
    const told = await ask(event, { consult, seq })
      .then(() => true)
      .catch(() => false)
    receipt.busy = false
    if (told) receipt.told = Math.max(receipt.told, seq)
    if (told) await tell(key)
  }

  function want(event: Receipt, consult: string, seq: number) {
    const key = `${event} ${consult}`
    const receipt = wanted.get(key) ?? { event, consult, seq: 0, told: 0, busy: false }
    if (seq <= receipt.seq) return
    receipt.seq = seq
    wanted.set(key, receipt)
    void tell(key)
  }

  function delivered(consult: string, seq: number) {
    want('message:delivered', consult, seq)
  }

  function read(consult: string, seq: number) {
    want('message:read', consult, seq)
  }

  /* After a reconnect. */
  function retry() {
    for (const key of wanted.keys()) void tell(key)
  }

  function clear() {
    wanted.clear()
  }

  return { delivered, read, retry, clear }
})
