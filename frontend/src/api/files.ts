/* Files go up by tus 1.0, in pieces, so that a lost network costs one of them; they come down as blobs. */
import { ApiError } from '@/api/error'
import { bearer, fetchFile, http, problemError, renewBearer } from '@/api/http'
import type { HttpRequest, HttpResponse, Upload } from 'tus-js-client'

/* Below the server's --message-max; each piece is on its disk before the next one goes. */
const PIECE = 256 * 1024
const ROUTE = '/api/v1/files'

export type FileKind = 'image' | 'voice' | 'file'

export interface NewFile {
  consult: string
  kind: FileKind
  name: string
  width?: number
  height?: number
  durationMs?: number
  waveform?: string
}

export interface Progress {
  /* The server knows of it, by this address: from here it can be resumed. */
  begun(url: string): void
  sent(part: number): void
}

export function getFile(id: string): Promise<Blob> {
  return fetchFile(`${ROUTE}/${id}`)
}

export function removeFile(id: string): Promise<void> {
  return http('DELETE', `${ROUTE}/${id}`, { headers: { 'Tus-Resumable': '1.0.0' } })
}

export function idOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}

function texts(about: NewFile): Record<string, string> {
  const said = Object.entries(about).filter(([, value]) => value !== undefined)
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]))
}

async function failureOf(error: unknown, token: string | null): Promise<ApiError> {
  const response = (error as { originalResponse?: HttpResponse | null }).originalResponse
  const status = response?.getStatus() ?? 0
  if (!response || status === 0) return new ApiError('network')
  if (status === 401) await renewBearer(token)
  // Two pages on the same upload: whoever comes second asks anew how far it is.
  if (status === 409) return new ApiError('busy', status)
  try {
    return problemError(status, JSON.parse(response.getBody()) as object, response.getHeader('Retry-After') ?? null)
  } catch {
    return problemError(status, {}, null)
  }
}

/* Sends it, or goes on at `url`; the file's id. Transient failures are the caller's to repeat. */
export async function sendFile(blob: Blob, about: NewFile, url: string | undefined, on: Progress, stop: AbortSignal) {
  const tus = await import('tus-js-client').catch(() => {
    throw new ApiError('network')
  })
  let token = bearer()

  return new Promise<string>((resolve, reject) => {
    const upload: Upload = new tus.Upload(blob, {
      endpoint: location.origin + ROUTE,
      uploadUrl: url,
      metadata: texts(about),
      chunkSize: PIECE,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onBeforeRequest(request: HttpRequest) {
        token = bearer()
        request.setHeader('Authorization', `Bearer ${token}`)
      },
      onUploadUrlAvailable: () => on.begun(upload.url ?? ''),
      onProgress: (sent, all) => on.sent(sent / all),
      onSuccess: () => resolve(idOf(upload.url ?? '')),
      onError: (error) => void failureOf(error, token).then(reject),
    })
    stop.addEventListener('abort', () => {
      void upload.abort()
      reject(new ApiError('network'))
    })
    if (!stop.aborted) upload.start()
  })
}
