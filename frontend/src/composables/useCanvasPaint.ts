/* Konva's shapes of what is seen. Nothing of it is asked where the pointer is: utils/canvas.ts knows. */
import Konva from 'konva/lib/Core'
import { Arrow } from 'konva/lib/shapes/Arrow'
import { Image as Picture } from 'konva/lib/shapes/Image'
import { Line } from 'konva/lib/shapes/Line'
import { Path } from 'konva/lib/shapes/Path'
import { Rect } from 'konva/lib/shapes/Rect'
import { Text } from 'konva/lib/shapes/Text'
import { getStroke } from 'perfect-freehand'
import { BACK_X, FRONT_X, innerLines, outline } from '@/utils/bodyMap'
import { HEIGHT, LINE_WIDTH, PRESSURE_EVEN, TEXT_HEIGHT, WIDTH } from '@/utils/canvas'
import { lengthText, type Color, type DrawnOp, type MeasureOp, type StrokeOp } from '@/utils/canvas'

export type { Stage } from 'konva/lib/Stage'
export type { Layer } from 'konva/lib/Layer'
export { Konva }

export const INK: Record<Color, string> = { black: '#14292a', red: '#c0261b', blue: '#0b63b5' }
const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
/* Beside a photo as dark as ink. */
const HALO = { shadowColor: '#fff', shadowBlur: 4, shadowOpacity: 0.9 }

/* The shape that a pen leaves, as a path. */
function penPath({ points, size }: Pick<StrokeOp, 'points' | 'size'>): string {
  const edge = getStroke(
    points.map(([x = 0, y = 0, pressure = PRESSURE_EVEN]) => [x, y, pressure / 100]),
    {
      size: LINE_WIDTH[size],
      thinning: 0.45,
      smoothing: 0.5,
      streamline: 0.35,
      simulatePressure: points.every(([, , pressure]) => pressure === PRESSURE_EVEN),
      last: true,
    },
  )
  const [first, ...rest] = edge
  if (!first) return ''
  const curves = rest.map(([x = 0, y = 0], at) => {
    const [nextX = 0, nextY = 0] = rest[at + 1] ?? first
    return `Q${x.toFixed(1)},${y.toFixed(1)} ${((x + nextX) / 2).toFixed(1)},${((y + nextY) / 2).toFixed(1)}`
  })
  return `M${first[0]?.toFixed(1)},${first[1]?.toFixed(1)}${curves.join('')}Z`
}

function measure(op: MeasureOp, scale: number | null) {
  const [x1 = 0, y1 = 0] = op.from
  const [x2 = 0, y2 = 0] = op.to
  const group = new Konva.Group({ listening: false })
  const stroke = INK[op.color]
  const across = Math.atan2(y2 - y1, x2 - x1) + Math.PI / 2
  const [dx, dy] = [Math.cos(across) * 12, Math.sin(across) * 12]
  for (const points of [[x1, y1, x2, y2], [x1 - dx, y1 - dy, x1 + dx, y1 + dy], [x2 - dx, y2 - dy, x2 + dx, y2 + dy]])
    group.add(new Line({ points, stroke, strokeWidth: LINE_WIDTH.fine, lineCap: 'round' }))
  const said = { text: lengthText(op, scale), fontSize: 28, fontFamily: FONT, fontStyle: '600', padding: 4 }
  const words = new Text({ ...said, fill: stroke })
  const at = { x: (x1 + x2) / 2 - words.width() / 2, y: (y1 + y2) / 2 - words.height() / 2 }
  words.position(at)
  group.add(new Rect({ ...at, width: words.width(), height: words.height(), fill: '#fff', opacity: 0.85, cornerRadius: 6 }))
  group.add(words)
  return group
}

export function shapeOf(op: DrawnOp, scale: number | null) {
  if (op.kind === 'measure') return measure(op, scale)
  const ink = INK[op.color]
  if (op.kind === 'stroke') return new Path({ data: penPath(op), fill: ink, listening: false })
  if (op.kind === 'text') {
    const [x, y] = op.at
    const look = { fontSize: TEXT_HEIGHT[op.size], lineHeight: 1.2, fontFamily: FONT, fontStyle: '600' }
    return new Text({ x, y, text: op.text, fill: ink, ...look, ...HALO, listening: false })
  }
  const width = LINE_WIDTH[op.size]
  const head = { pointerLength: 12 + width * 2, pointerWidth: 12 + width * 2 }
  const points = [...op.from, ...op.to]
  return new Arrow({ points, stroke: ink, fill: ink, strokeWidth: width, ...head, lineCap: 'round', listening: false })
}

export function paper() {
  return new Rect({ width: WIDTH, height: HEIGHT, fill: '#fff', listening: false })
}

export function photo(image: CanvasImageSource, width: number, height: number) {
  const scale = Math.min(WIDTH / width, HEIGHT / height)
  const size = { width: width * scale, height: height * scale }
  return new Picture({ image, ...size, x: (WIDTH - size.width) / 2, y: (HEIGHT - size.height) / 2, listening: false })
}

/* `words`: front, back, left, right. */
export function body(words: { front: string; back: string; left: string; right: string }) {
  const group = new Konva.Group({ listening: false })
  const line = { stroke: '#7b8f90', strokeWidth: 3, lineCap: 'round', lineJoin: 'round' } as const
  for (const middle of [FRONT_X, BACK_X])
    group.add(new Line({ ...line, points: outline(middle), closed: true, tension: 0.35, fill: '#f3efe9' }))
  for (const points of [...innerLines('front'), ...innerLines('back')])
    group.add(new Line({ ...line, points, strokeWidth: 2, tension: 0.5 }))
  const look = { width: 240, align: 'center', fontSize: 34, fontFamily: FONT, fill: '#4a5c5d' } as const
  const says: [text: string, x: number, y: number][] = [
    [words.front, FRONT_X, 955], [words.back, BACK_X, 955],
    [words.right, FRONT_X - 250, 470], [words.left, FRONT_X + 250, 470],
    [words.left, BACK_X - 250, 470], [words.right, BACK_X + 250, 470],
  ]
  for (const [text, x, y] of says) group.add(new Text({ ...look, text, x: x - 120, y }))
  return group
}
