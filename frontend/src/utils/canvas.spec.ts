import { expect, test } from 'vitest'
import type { CanvasOp } from '@/api/models'
import { between, canonical, fold, hashOf, lengthText, parts, placed, pressureOf, scaleOf, touches, undoable } from '@/utils/canvas'

/* "a1 stroke" is an op of user a with id 1; "b2 erase 1". */
function ops(...script: string[]): CanvasOp[] {
  return script.map((line, at) => {
    const [who = '', kind = '', target] = line.split(' ')
    const about = { id: who.slice(1), by: who.slice(0, 1), seq: at + 1, kind, ...(target ? { target } : {}) }
    return about as CanvasOp
  })
}
const ids = (...script: string[]) => fold(ops(...script)).map(({ id }) => id).join('')

test.each([
  [['a1 stroke', 'b2 arrow', 'a3 background'], '123'],
  [['a1 stroke', 'b2 erase 1'], ''],
  [['a1 stroke', 'b2 erase 1', 'b3 undo 2'], '1'],
  [['a1 stroke', 'a2 erase 1', 'b3 erase 1', 'a4 undo 2'], ''],
  [['a1 stroke', 'a2 erase 1', 'b3 erase 1', 'a4 undo 2', 'b5 undo 3'], '1'],
  [['a1 stroke', 'a2 erase 1', 'b3 erase 1', 'b4 undo 3'], ''],
  [['a1 stroke', 'a2 undo 1'], ''],
  [['a1 stroke', 'b2 erase 1', 'a3 undo 1', 'b4 undo 2'], ''],
  [['a1 stroke', 'b2 undo 1'], '1'],
  [['a1 background', 'b2 erase 1'], '1'],
  [['a1 background', 'a2 background', 'a3 undo 2'], '1'],
  [['a1 stroke', 'a2 undo 1', 'a3 undo 2'], ''],
  [['a1 erase 9', 'a2 stroke', 'a3 undo 9'], '2'],
])('%j is seen as "%s", as on the server', (script, want) => {
  expect(ids(...script)).toBe(want)
})

test('what is undone is the last thing of mine of which something is to be seen', () => {
  expect(undoable(ops('a1 stroke', 'b2 stroke'), 'a')).toBe('1')
  expect(undoable(ops('a1 stroke', 'b2 erase 1'), 'a')).toBeNull()
  expect(undoable(ops('a1 stroke', 'a2 erase 1'), 'a')).toBe('2')
  expect(undoable(ops('a1 stroke', 'b2 erase 1', 'a3 erase 1'), 'a')).toBeNull()
  expect(undoable(ops('a1 stroke', 'a2 stroke', 'a3 undo 2'), 'a')).toBe('1')
})

test('the hash is of JSON in one form', async () => {
  expect(canonical({ b: [1, { d: 'é"\n', c: undefined }], a: 0 })).toBe('{"a":0,"b":[1,{"d":"é\\"\\n"}]}')
  expect(await hashOf([])).toBe('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945')
})

test('a place is in the plane, in whole numbers; a finger presses always the same', () => {
  expect(placed(-3, 1_000.6)).toEqual([0, 1_000])
  expect(placed(1_600.4, 0.5)).toEqual([1_600, 1])
  expect(pressureOf({ pointerType: 'pen', pressure: 0.731 })).toBe(73)
  expect(pressureOf({ pointerType: 'touch', pressure: 1 })).toBe(50)
})

test('a line that is too long for one op goes in parts that meet', () => {
  const line = Array.from({ length: 4_500 }, (_, at) => [at % 1_600, 0, 50])
  const all = parts(line)
  expect(all.map(({ length }) => length)).toEqual([2_000, 2_000, 502])
  expect(all[0]?.at(-1)).toEqual(all[1]?.[0])
  expect(all[2]?.at(-1)).toEqual(line.at(-1))
  expect(parts(line.slice(0, 1))).toEqual([line.slice(0, 1)])
})

test('a fast hand passes over nothing', () => {
  const way = between([0, 0], [100, 0], 14)
  expect(way.at(-1)).toEqual([100, 0])
  expect(Math.max(...way.map(([x], at) => x - (way[at - 1]?.[0] ?? 0)))).toBeLessThanOrEqual(14)
  expect(between([5, 5], [5, 5], 14)).toEqual([[5, 5]])
})

test('what is near is touched', () => {
  const look = { id: '1', color: 'red', size: 'fine' } as const
  const stroke = { ...look, kind: 'stroke', points: [[0, 0, 50], [100, 0, 50]] } as const
  expect([touches({ ...stroke, points: [...stroke.points.map((p) => [...p])] }, [50, 10], 10), touches({ ...stroke, points: [[0, 0, 50]] }, [50, 10], 10)]).toEqual([true, false])
  expect(touches({ ...look, kind: 'text', at: [100, 100], text: '疼' }, [115, 115], 5)).toBe(true)
  expect(touches({ ...look, kind: 'text', at: [100, 100], text: '疼' }, [160, 115], 5)).toBe(false)
  expect(touches({ id: '1', kind: 'measure', color: 'red', from: [0, 0], to: [0, 100] }, [5, 50], 10)).toBe(true)
})

test('one length that is known says how long all others are', () => {
  const line = (x: number, mm?: number) =>
    ({ id: String(x), kind: 'measure', color: 'red', from: [0, 0], to: [x, 0], ...(mm ? { mm } : {}) }) as const
  const of = (x: number, mm?: number) => ({ ...line(x, mm), from: [0, 0], to: [x, 0] })
  expect(lengthText(of(400), scaleOf([of(400)]))).toBe('25 %')
  const scale = scaleOf([of(200, 20), of(400)])
  expect([200, 50, 1_500].map((x) => lengthText(of(x), scale))).toEqual(['20 mm', '5.0 mm', '15.0 cm'])
})
