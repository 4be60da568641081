// oidc_center.mjs - a real account center (oidc-provider) on loopback: people, apps, keys that rotate, an outage.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { freePort } from './server.mjs'

export const API = 'urn:consultd:api'
const PEOPLE = {
  li: { name: '李患者', roles: ['member'], email: 'li@example.test', locale: 'zh-CN' },
  wang: { name: '王医生', roles: ['member', 'clinic-doctor'], email: 'li@example.test' },    // the same address: it means nothing
  boss: { name: 'Boss', roles: ['boss'] },
  desk: { name: 'Desk', roles: ['clinic-desk'] },
}
const random = () => randomBytes(32).toString('base64url')

async function key(alg, kid) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

export class Center {
  // `clients`: { id: { alg, redirect, logout } }
  static async start(clients, port) {
    const center = new this()
    center.port = port ?? await freePort()
    center.issuer = `http://127.0.0.1:${center.port}`
    center.clients = clients
    center.people = structuredClone(PEOPLE)
    center.generation = 0
    center.asked = []                                   // paths
    await center.rotate()
    return center
  }

  // Other keys, under other names; whoever has the old set must ask again.
  async rotate() {
    this.generation++
    this.keys = await Promise.all(['RS256', 'ES256', 'PS256'].map((alg) => key(alg, `${alg}-${this.generation}`)))
    await this.up()
  }

  async up() {
    await this.down()
    const provider = new Provider(this.issuer, {
      clients: Object.entries(this.clients).map(([id, { alg = 'RS256', redirect, logout }]) => ({
        client_id: id, client_secret: `secret of ${id} + %`, redirect_uris: [redirect ?? `${this.issuer}/nowhere`],
        ...(logout ? { backchannel_logout_uri: logout, backchannel_logout_session_required: true } : {}),
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: alg })),
      jwks: { keys: this.keys },
      pkce: { required: () => true },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'PS256'] },
      claims: { openid: ['sub'], profile: ['name', 'roles', 'locale'], email: ['email'] },
      conformIdTokenClaims: false,
      findAccount: (_, id) => this.people[id] && { accountId: id, claims: async () => ({ sub: id, ...this.people[id] }) },
      features: {
        devInteractions: { enabled: true }, clientCredentials: { enabled: true },
        rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true },
        resourceIndicators: { enabled: true, defaultResource: (ctx) => ctx.oidc.client.clientId === 'app' ? API : undefined,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => ({ scope: 'api', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600,
            jwt: { sign: { alg: 'ES256' } } }) },
      },
      extraTokenClaims: (_, token) => token.accountId && { roles: this.people[token.accountId].roles, name: this.people[token.accountId].name },
      cookies: { keys: ['of the tests'] },
      fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),       // its own refuses loopback
      renderError: (ctx, out, error) => { ctx.type = 'json'; ctx.body = { ...out, why: String(error) } },
      ttl: { AccessToken: 600, IdToken: 600, AuthorizationCode: 60, Session: 3600, Grant: 3600, Interaction: 600 },
    })
    provider.on('server_error', (_, error) => console.error('# center:', error))
    provider.on('backchannel.error', (_, error) => console.error('# center, logout:', error))
    provider.use((ctx, then) => {
      this.asked.push(ctx.path)
      ctx.set('connection', 'close')                    // so that no client keeps one over a rotation
      return then()
    })
    this.listener = provider.listen(this.port, '127.0.0.1')
    await once(this.listener, 'listening')
  }

  async down() {
    if (!this.listener) return
    this.listener.close()
    this.listener.closeAllConnections()
    await once(this.listener, 'close')
    this.listener = undefined
  }

  // A browser of somebody at the center: cookies of its own, kept between logins.
  browser() {
    const center = this, jar = new Map()
    const hop = async (url, options = {}) => {
      const reply = await fetch(new URL(url, center.issuer), { redirect: 'manual', ...options,
        headers: { ...options.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } })
      for (const cookie of reply.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      return reply
    }
    return {
      hop,
      // From the address of a login to where the center sends him back.
      async login(person, url) {
        for (let i = 0; i < 12; i++) {
          if (new URL(url, center.issuer).origin !== center.issuer || url.startsWith(`${center.issuer}/nowhere`)) return url
          let reply = await hop(url)
          if (reply.status === 200) {
            const prompt = /name="prompt" value="([a-z]+)"/.exec(await reply.text())[1]
            reply = await hop(url, { method: 'POST', body: new URLSearchParams({ prompt, login: person, password: 'x' }) })
          }
          const next = reply.headers.get('location')
          if (!next) throw new Error(`the center: ${reply.status} ${await reply.text()}`)
          url = new URL(next, center.issuer).href
        }
        throw new Error(`the center sends him round: ${url}`)
      },
      async logout() {
        const page = await hop('/session/end')
        const xsrf = /name="xsrf" value="([^"]+)"/.exec(await page.text())[1]
        return hop('/session/end/confirm', { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) })
      },
    }
  }

  // What another app of the clinic holds once somebody has logged in there: { id_token, access_token }.
  async tokens(person, { client = 'app', scope = 'openid profile', browser = this.browser() } = {}) {
    const verifier = random(), redirect = this.clients[client].redirect ?? `${this.issuer}/nowhere`
    const back = new URL(await browser.login(person, `${this.issuer}/auth?${new URLSearchParams({
      client_id: client, redirect_uri: redirect, response_type: 'code', scope, state: random(), nonce: random(),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' })}`))
    const reply = await this.token(client, { grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: redirect,
      code_verifier: verifier })
    if (!reply.id_token) throw new Error(`no tokens: ${back} ${JSON.stringify(reply)}`)
    return reply
  }

  async token(client, form) {
    const secret = encodeURIComponent(`secret of ${client} + %`)
    return (await fetch(`${this.issuer}/token`, { method: 'POST', body: new URLSearchParams(form),
      headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` } })).json()
  }

  // The file for --oidc-issuer.
  settings(folder, more = []) {
    const path = join(folder, `oidc-${this.port}-${random()}.conf`), secret = `${path}.secret`
    writeFileSync(secret, 'secret of consultd + %\n', { mode: 0o600 })
    writeFileSync(path, [`issuer = ${this.issuer}`, 'client-id = consultd', `client-secret-file = ${secret}`, 'id = center',
      'name = 账号中心', 'audience = app', 'audience = app-es', 'audience = app-ps', `audience = ${API}`, 'role = clinic-doctor doctor', 'role = clinic-desk staff',
      'clinic = 仁和互联网诊所 Renhe Clinic', ...more].join('\n'))
    return path
  }
}
