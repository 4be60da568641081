/* How long an access token lives, by its own claims: the difference does not depend on this machine's
   clock. */
export function tokenLifeMs(token: string): number | null {
  try {
    const payload = token.split('.')[1] ?? ''
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
      iat?: unknown
      exp?: unknown
    }
    if (typeof claims.iat !== 'number' || typeof claims.exp !== 'number') return null
    return Math.max(0, claims.exp - claims.iat) * 1000
  } catch {
    return null
  }
}
