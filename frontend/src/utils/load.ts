import type { ApiError } from '@/api/error'

/* Where the getting of something stands. */
export type Load =
  { kind: 'idle' } | { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; error: ApiError }
