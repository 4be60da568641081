/* A body from the front and from behind, to point at: our own drawing, in the plane of the canvas. */

/* The right half, from the top down and back up inside, from the middle line: x, y. */
const HALF: [number, number][] = [
  [0, 46], [30, 52], [50, 84], [53, 122], [42, 158], [29, 182], [30, 208], [58, 226], [104, 240], [128, 268],
  [138, 330], [148, 400], [160, 462], [172, 530], [186, 600], [200, 640], [202, 690], [190, 720], [176, 712],
  [172, 660], [162, 606], [140, 540], [126, 470], [114, 400], [104, 348], [98, 410], [92, 470], [100, 530],
  [112, 600], [110, 680], [100, 750], [98, 800], [90, 860], [72, 912], [84, 942], [60, 954], [38, 946], [40, 906],
  [38, 850], [34, 790], [30, 740], [20, 670], [6, 604],
]

export const FRONT_X = 480
export const BACK_X = 1120

/* Both halves as one closed line: x, y, x, y … */
export function outline(middle: number): number[] {
  const right = HALF.map(([x, y]) => [middle + x, y])
  const left = HALF.slice(1)
    .reverse()
    .map(([x, y]) => [middle - x, y])
  return [...right, ...left].flat()
}

/* Thin lines that say which side it is: each as x, y, x, y … from the middle. */
const both = (line: number[]) => [line, line.map((n, at) => (at % 2 === 0 ? -n : n))]
const FRONT_LINES = [
  ...both([12, 112, 18, 108, 25, 112]),
  [-14, 150, 0, 156, 14, 150],
  ...both([8, 246, 50, 244, 96, 252]),
  ...both([20, 352, 60, 362, 92, 340]),
  [0, 380, 0, 470],
  [-5, 494, 0, 500, 5, 494],
  ...both([14, 604, 60, 580, 104, 560]),
  ...both([48, 752, 66, 762, 84, 752]),
]
const BACK_LINES = [
  [0, 214, -3, 330, 0, 440, 0, 530],
  ...both([34, 280, 72, 300, 76, 352, 46, 372]),
  [0, 544, 0, 610],
  ...both([6, 616, 50, 630, 96, 606]),
  ...both([46, 748, 66, 742, 86, 748]),
]

export function innerLines(side: 'front' | 'back'): number[][] {
  const [middle, lines] = side === 'front' ? [FRONT_X, FRONT_LINES] : [BACK_X, BACK_LINES]
  return lines.map((line) => line.map((n, at) => (at % 2 === 0 ? middle + n : n)))
}
