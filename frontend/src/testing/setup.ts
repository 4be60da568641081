import 'fake-indexeddb/auto'
import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/vue'
import { afterEach, vi } from 'vitest'
import { fakeSocket } from '@/testing/fakeSocket'

afterEach(() => {
  cleanup()
  localStorage.clear()
  fakeSocket.reset()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})
