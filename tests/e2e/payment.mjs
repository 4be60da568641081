// payment.mjs - what a provider's side needs: its signature.
import { createHmac } from 'node:crypto'

export const SECRET = 'a secret of the test'

export const signed = (body, { secret = SECRET, seconds = Math.floor(Date.now() / 1000) } = {}) => ({
  'Payment-Signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
})
