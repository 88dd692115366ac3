import type { Random } from "./random.ts"
import type { Polyline } from "./stroke.ts"

/** The longer side of the digit's box in pixels; a user's picture is scaled to the same. */
const BOX = 20

/**
 * Leans, turns, stretches and bends a glyph at random, then fits it into the middle of a picture of `size`
 * pixels, give or take a little.
 */
export function distort(strokes: readonly Polyline[], random: Random, size: number): Polyline[] {
  const lean = random.normal(0.22)
  const turn = random.normal(0.12)
  const stretch = Math.exp(random.normal(0.2))
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const bend = createBend(random)

  const bent = strokes.map((stroke) =>
    stroke.map(([x, y]): [number, number] => {
      const [bx, by] = bend(x, y)
      const [sx, sy] = [(bx - 30) * stretch - lean * (by - 50), by - 50]
      return [sx * cos - sy * sin, sx * sin + sy * cos]
    }),
  )
  return fit(
    bent,
    BOX * random.between(0.84, 1.08),
    size / 2 + random.normal(0.9),
    size / 2 + random.normal(0.9),
  )
}

/** A smooth field of small shifts: three waves of random direction, length and strength. */
function createBend(random: Random): (x: number, y: number) => [number, number] {
  const waves = Array.from({ length: 3 }, () => ({
    kx: random.normal(0.05),
    ky: random.normal(0.05),
    phase: random.between(0, 2 * Math.PI),
    dx: random.normal(2.2),
    dy: random.normal(2.2),
  }))
  return (x, y) => {
    let [sx, sy] = [x, y]
    for (const wave of waves) {
      const height = Math.sin(wave.kx * x + wave.ky * y + wave.phase)
      sx += wave.dx * height
      sy += wave.dy * height
    }
    return [sx, sy]
  }
}

function fit(strokes: readonly Polyline[], box: number, centreX: number, centreY: number): Polyline[] {
  const xs = strokes.flatMap((stroke) => stroke.map(([x]) => x))
  const ys = strokes.flatMap((stroke) => stroke.map(([, y]) => y))
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)]
  const scale = box / Math.max(right - left, bottom - top)
  return strokes.map((stroke) =>
    stroke.map(([x, y]) => [
      centreX + (x - (left + right) / 2) * scale,
      centreY + (y - (top + bottom) / 2) * scale,
    ]),
  )
}
