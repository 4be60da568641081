/* The server's routes, for what a spec needs before its pages open. */
import { PASSWORD } from './world'

export interface Booked {
  id: string
  startAt: string
  version: number
  status: string
  consult?: string
}

let count = 0

export class Rest {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly user: { id: string; name: string },
  ) {}

  static async login(url: string, login: string): Promise<Rest> {
    const answer = await send(url, 'POST', '/auth/login', { login, password: PASSWORD })
    return new Rest(url, answer.token as string, answer.user as { id: string; name: string })
  }

  /* Who has agreed to the server's documents, as whoever books must have. */
  static async register(url: string, login: string, name: string): Promise<Rest> {
    const answer = await send(url, 'POST', '/auth/register', { login, password: PASSWORD, name })
    const rest = new Rest(url, answer.token as string, answer.user as { id: string; name: string })
    const { items } = (await rest.call('GET', '/consents')) as {
      items: { docType: string; docVersion: string }[]
    }
    for (const { docType, docVersion } of items)
      await rest.call('POST', '/me/consents', { docType, docVersion })
    return rest
  }

  call(method: string, path: string, body?: object, headers = {}): Promise<Record<string, unknown>> {
    return send(this.url, method, path, body, this.token, headers)
  }

  /* Writes the record of a finished consult of his, and signs it. */
  async sign(consult: string, record: object = { advice: '多喝水', noDiagnosisReason: '症状轻微' }) {
    const at = `/consultations/${consult}`
    const { version } = await this.call('GET', `${at}/record`)
    const saved = await this.call('PUT', `${at}/record`, record, { 'If-Match': `"${String(version)}"` })
    await this.call('POST', `${at}/sign`, { version: saved.version, password: PASSWORD })
  }

  async doctor(name: string): Promise<string> {
    const { items } = (await this.call('GET', '/doctors')) as { items: { id: string; name: string }[] }
    return items.find((doctor) => doctor.name === name)?.id ?? ''
  }

  async service(doctor: string, name: string): Promise<string> {
    const { items } = (await this.call('GET', `/services?doctor=${doctor}`)) as {
      items: { id: string; name: string }[]
    }
    return items.find((service) => service.name.includes(name))?.id ?? ''
  }

  async slots(doctor: string, service: string, from: Date): Promise<string[]> {
    const { items } = (await this.call(
      'GET',
      `/doctors/${doctor}/slots?service=${service}&from=${from.toISOString().slice(0, 19)}Z`,
    )) as { items: { startAt: string }[] }
    return items.map(({ startAt }) => startAt)
  }

  async book(doctor: string, service: string, startAt: string): Promise<Booked> {
    const { appointment } = (await this.call('POST', '/appointments', { doctor, service, startAt })) as {
      appointment: Booked
    }
    const confirmed = await this.call('POST', `/appointments/${appointment.id}/confirm`)
    return (confirmed as { appointment: Booked }).appointment
  }
}

async function send(url: string, method: string, path: string, body?: object, token?: string, more = {}) {
  const headers: Record<string, string> = {
    ...more,
    'X-Requested-With': 'e2e',
    'Idempotency-Key': `e2e-${Date.now()}-${++count}`,
  }
  if (token) headers['Authorization'] = `Bearer ${token}`
  if (body) headers['Content-Type'] = 'application/json'
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text ? JSON.parse(text) : {}) as Record<string, unknown>
}
