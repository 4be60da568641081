import type { ErrorCode, RxCheck, RecordDraft, Slot } from '@/api/models'

/* The server's vocabulary, and two words for when it could not be asked. */
export type FailureCode = ErrorCode | 'network' | 'timeout'

/* A failure as a value: pages turn its code into text, the server's own words are never shown. */
export class ApiError extends Error {
  constructor(
    readonly code: FailureCode,
    readonly status = 0,
    readonly requestId?: string,
    readonly retryAfter?: number,
    /* What is free instead, when a time was taken. */
    readonly slots: Slot[] = [],
    /* Of a booking or a signature that was refused. */
    readonly why?: string,
    /* What stands there instead, and what is missing. */
    readonly record?: RecordDraft,
    readonly checks?: RxCheck[],
  ) {
    super(code)
    this.name = 'ApiError'
  }
}

const WORTH_A_RETRY = new Set<FailureCode>([
  'network',
  'timeout',
  'rate-limited',
  'busy',
  'internal',
  'unauthorized',
])

/* The same request, later, may succeed. (unauthorized: after the session was renewed.) */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && WORTH_A_RETRY.has(error.code)
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('internal')
}

/* For what may not exist: null instead of a failure. */
export function nothing(error: unknown): null {
  if (error instanceof ApiError && error.code === 'not-found') return null
  throw error
}
