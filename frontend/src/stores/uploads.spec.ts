import { beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '@/api/error'
import * as files from '@/api/files'
import { uploadDelete, uploadPut, uploadsOf } from '@/storage/uploads'
import { useUploadsStore } from '@/stores/uploads'
import { fakeSocket } from '@/testing/fakeSocket'
import { consult, message, mine, patient } from '@/testing/fixtures'
import { answerFetch, settle, startPage } from '@/testing/harness'

/* The way of the bytes itself is shown in a real browser; here it works, breaks or is refused. */
vi.mock('@/api/files', async (original) => ({
  ...(await original<typeof files>()),
  sendFile: vi.fn(),
  removeFile: vi.fn(() => Promise.resolve()),
}))
const sendFile = vi.mocked(files.sendFile)

const about = { consult: consult.id, kind: 'image' as const, name: 'rash.jpg' }
const blob = new Blob(['bytes'])
let uploads: ReturnType<typeof useUploadsStore>

beforeEach(async () => {
  for (const { clientId } of await uploadsOf(patient.id)) await uploadDelete(clientId)
  sendFile.mockReset()
  answerFetch({})
  startPage(patient)
  fakeSocket.answer('message:send', () => ({ ok: true, message: { id: 'msg_1', seq: 1, sentAt: '2026-11-24T08:00:00Z' } }))
  fakeSocket.opens()
  uploads = useUploadsStore()
})

test('the bytes go first, then the message that shows them and what it answers; nothing is left', async () => {
  sendFile.mockImplementation(async (_blob, _about, _url, on) => {
    on.begun('/api/v1/files/fil_1')
    on.sent(0.5)
    expect(uploads.progress.get(uploads.entries[0]?.clientId ?? '')).toBe(0.5)
    return 'fil_1'
  })
  await uploads.send(about, blob, 'msg_0')
  await vi.waitFor(() => expect(uploads.entries).toEqual([]))
  expect(fakeSocket.asked('message:send')).toMatchObject([{ kind: 'image', file: 'fil_1', replyTo: 'msg_0' }])
  await vi.waitFor(async () => expect(await uploadsOf(patient.id)).toEqual([]))
})

test('what is refused stays with its reason, keeps nobody waiting, and is tried again when one says so', async () => {
  sendFile.mockRejectedValueOnce(new ApiError('too-large', 413)).mockResolvedValue('fil_2')
  await uploads.send(about, blob)
  await uploads.send({ ...about, name: 'other.jpg' }, blob)
  await vi.waitFor(() => expect(uploads.entries.map(({ name, failed }) => [name, failed])).toEqual([['rash.jpg', 'too-large']]))
  await uploads.retry(uploads.entries[0]?.clientId ?? '')
  await vi.waitFor(() => expect(uploads.entries).toEqual([]))
  expect(fakeSocket.asked('message:send')).toHaveLength(2)
})

test('a lost network costs a pause; it goes on where the server has it', { timeout: 15_000 }, async () => {
  sendFile.mockImplementationOnce((_blob, _about, _url, on) => {
    on.begun('/api/v1/files/fil_3')
    return Promise.reject(new ApiError('network'))
  })
  sendFile.mockResolvedValueOnce('fil_3')
  await uploads.send(about, blob)
  await vi.waitFor(() => expect(uploads.entries).toEqual([]), 10_000)
  expect(sendFile.mock.calls.map(([, , url]) => url)).toEqual([undefined, '/api/v1/files/fil_3'])
})

test('after a reload what has arrived is only shown, and what has not goes on', async () => {
  const entry = { ...about, user: patient.id, blob, replyTo: undefined }
  await uploadPut({ ...entry, clientId: 'client-1', writtenAt: 1, file: 'fil_4' })
  await uploadPut({ ...entry, clientId: 'client-2', writtenAt: 2, url: '/api/v1/files/fil_5' })
  sendFile.mockResolvedValue('fil_5')
  await uploads.restore()
  await vi.waitFor(() => expect(uploads.entries).toEqual([]))
  expect(sendFile.mock.calls.map(([, , url]) => url)).toEqual(['/api/v1/files/fil_5'])
  expect(fakeSocket.asked('message:send')).toMatchObject([
    { clientId: 'client-1', file: 'fil_4' },
    { clientId: 'client-2', file: 'fil_5' },
  ])
})

test('what one stops ends here and at the server', async () => {
  let stopped = false
  sendFile.mockImplementation(
    (_blob, _about, _url, on, stop) =>
      new Promise((_resolve, reject) => {
        on.begun('/api/v1/files/fil_6')
        stop.addEventListener('abort', () => ((stopped = true), reject(new ApiError('network'))))
      }),
  )
  await uploads.send(about, blob)
  await vi.waitFor(() => expect(uploads.entries[0]?.url).toBe('/api/v1/files/fil_6'))
  await uploads.drop(uploads.entries[0]?.clientId ?? '')
  expect([stopped, uploads.entries]).toEqual([true, []])
  expect(files.removeFile).toHaveBeenCalledWith('fil_6')
})

test('a message that came by another way settles it', async () => {
  sendFile.mockReturnValue(new Promise(() => undefined))
  await uploads.send(about, blob)
  const clientId = uploads.entries[0]?.clientId ?? ''
  fakeSocket.says('message:new', message(1, { ...mine, clientId, kind: 'image' }))
  await settle()
  expect(uploads.entries).toEqual([])
})
