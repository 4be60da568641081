// payment.mjs - what tests of money share: a provider's signature, and a clinic where one pays.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Server, until } from './server.mjs'

export const SECRET = 'a secret of the test'

export const signed = (body, { secret = SECRET, seconds = Math.floor(Date.now() / 1000) } = {}) => ({
  'Payment-Signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
})

export const build = process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname
export const at = '/api/v1/appointments'
let made = 0
export const key = () => ({ 'Idempotency-Key': `payment-${process.pid}-${made++}` })

export class Shop {
  static async open(flags = []) {
    const shop = new this()
    shop.server = await Server.start(['--payment-provider', 'sandbox', '--payment-secret', SECRET, ...flags])
    for (const login of ['patient1', 'patient2', 'doctor1']) shop[login] = await shop.server.login(login)
    const get = async (path) => (await shop.server.call('GET', path, { token: shop.doctor1.token })).body.items
    shop.service = (await get(`/api/v1/services?doctor=${shop.doctor1.user.id}`)).find((s) => s.fee.amount > 0)
    const from = new Date(Date.now() + 5 * 86_400_000).toISOString().replace(/\.\d+/, '')
    shop.starts = (await get(`/api/v1/doctors/${shop.doctor1.user.id}/slots?service=${shop.service.id}&from=${from}`))
      .map((s) => s.startAt).filter((_, i) => i % 3 === 0)
    return shop
  }

  async ask(method, path, { who = this.patient1, want = 200, ...options } = {}) {
    const reply = await this.server.call(method, path, { token: who?.token, ...options })
    assert.equal(reply.status, want, `${method} ${path}: ${reply.text}`)
    return reply.body
  }

  // Held and confirmed: an appointment that waits for its money.
  async order(who = this.patient1, startAt = this.starts.shift()) {
    const { appointment } = await this.ask('POST', at, { who, want: 201, headers: key(),
      body: { doctor: this.doctor1.user.id, service: this.service.id, startAt } })
    const { appointment: confirmed } = await this.ask('POST', `${at}/${appointment.id}/confirm`, { who })
    assert.equal(confirmed.status, 'pending_payment')
    return confirmed
  }

  payment(id, who = this.patient1) { return this.ask('GET', `${at}/${id}/payment`, { who }) }
  async appointment(id, who = this.patient1) { return (await this.ask('GET', `${at}/${id}`, { who })).appointment }

  async pay(id, action = 'pay', { who = this.patient1, ...more } = {}) {
    const { checkoutUrl } = await this.payment(id, who)
    return this.ask('POST', checkoutUrl, { who: null, body: { action, ...more } })
  }

  settled(id, state, who = this.patient1) {
    return until(async () => {
      const payment = await this.payment(id, who)
      return payment.state === state && payment
    }, `the payment of ${id} to be ${state}`)
  }

  webhook(event, { want = 200, headers } = {}) {
    const body = JSON.stringify(event)
    return this.ask('POST', '/api/v1/payments/webhooks/sandbox', { who: null, want, body, headers: { ...signed(body), ...headers } })
  }

  async reconcile() {
    const { status, stdout, stderr } = spawnSync(join(build, 'consultd'), ['reconcile', '--data', this.server.data], { encoding: 'utf8' })
    return { status, text: stdout + stderr }
  }
}
