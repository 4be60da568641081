import { expect, test } from 'vitest'
import { ApiError } from '@/api/error'
import { useAttempt } from '@/composables/useAttempt'
import { patient } from '@/testing/fixtures'
import { answerFetch, startPage } from '@/testing/harness'

function start() {
  answerFetch({})
  startPage(patient)
  const keys: string[] = []
  const { attempt } = useAttempt(() => 'place')
  return {
    keys,
    attempt,
    act: (answer: () => unknown) => async (key: string) => {
      keys.push(key)
      return answer()
    },
  }
}

function lose(code: 'network' | 'doctor-busy') {
  return () => {
    throw new ApiError(code)
  }
}

test('a double click is one attempt', async () => {
  const { keys, attempt, act } = start()
  const both = [attempt('a', act(() => 1)), attempt('a', act(() => 2))]
  expect(await Promise.all(both)).toEqual([1, undefined])
  expect(keys).toHaveLength(1)
})

test('an answer that got lost is asked for with the same key, after a reload too', async () => {
  const { keys, attempt, act } = start()
  await expect(attempt('a', act(lose('network')))).rejects.toThrow()
  await useAttempt(() => 'place').attempt('a', act(() => 1))
  expect(keys[1]).toBe(keys[0])
})

test('other content, a refusal and a success end an attempt', async () => {
  const { keys, attempt, act } = start()
  await expect(attempt('a', act(lose('network')))).rejects.toThrow()
  await expect(attempt('b', act(lose('doctor-busy')))).rejects.toThrow()
  await attempt('b', act(() => 1))
  await attempt('b', act(() => 1))
  expect(new Set(keys).size).toBe(4)
})
