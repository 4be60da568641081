/* The only fetch() in the tree. Who is logged in is told by the session store, through useAuth(). */
import { ApiError } from '@/api/error'
import type { RxCheck, RecordDraft } from '@/api/models'
import type { components } from '@/api/types'

type Problem = Omit<components['schemas']['BookingProblem'], 'why'> & {
  why?: string
  record?: RecordDraft
  checks?: RxCheck[]
}

interface Auth {
  token(): string | null
  /* Gets a new token; true when the request is worth repeating. */
  renew(spent: string): Promise<boolean>
}

interface Options {
  query?: Record<string, string | number | undefined>
  body?: unknown
  headers?: Record<string, string>
  /* Login, refresh and the like: no token is sent, and 401 is an answer and not an ended session. */
  anonymous?: boolean
  timeoutMs?: number
}

const TIMEOUT_MS = 15_000
/* A file takes as long as the network does. */
const FILE_TIMEOUT_MS = 300_000

let auth: Auth = { token: () => null, renew: async () => false }

export function useAuth(hooks: Auth) {
  auth = hooks
}

/* For what does not go by fetch(): whose word counts, and a new one instead of a spent one. */
export function bearer(): string | null {
  return auth.token()
}

export async function renewBearer(spent: string | null): Promise<boolean> {
  return spent !== null && auth.renew(spent)
}

function address(path: string, query: Options['query'] = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)]))
  return search.size > 0 ? `${path}?${search}` : path
}

async function ask(method: string, path: string, options: Options, token: string | null) {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (token) headers['Authorization'] = `Bearer ${token}`
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'

  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
    })
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new ApiError(late ? 'timeout' : 'network')
  }
}

export function problemError(status: number, problem: Partial<Problem>, retryAfter: string | null) {
  const after = Number(retryAfter)
  const code = problem.code ?? (status >= 500 ? 'busy' : 'bad-request')
  const { requestId, slots, why, record, checks } = problem
  return new ApiError(code, status, requestId, after > 0 ? after : undefined, slots, why, record, checks)
}

async function failure(response: Response) {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
  return problemError(response.status, problem, response.headers.get('Retry-After'))
}

async function answered(method: string, path: string, options: Options) {
  const token = options.anonymous ? null : auth.token()
  let response = await ask(method, path, options, token)

  if (response.status === 401 && token !== null && (await auth.renew(token)))
    response = await ask(method, path, options, auth.token())
  if (!response.ok) throw await failure(response)
  return response
}

export async function http<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  options: Options = {},
): Promise<T> {
  const response = await answered(method, path, options)
  if (response.status === 204) return undefined as T

  // A proxy's or captive portal's page with status 200 is no answer of ours.
  return (await response.json().catch(() => {
    throw new ApiError('network')
  })) as T
}

export async function fetchFile(path: string): Promise<Blob> {
  const response = await answered('GET', path, { headers: { Accept: '*/*' }, timeoutMs: FILE_TIMEOUT_MS })
  return response.blob().catch(() => {
    throw new ApiError('network')
  })
}

/* The page itself, as it is on the server now. */
export async function fetchPage(path: string): Promise<string> {
  const response = await ask('GET', path, { headers: { Accept: 'text/html' } }, null)
  if (!response.ok) throw await failure(response)
  return response.text()
}
