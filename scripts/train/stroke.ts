import type { Random } from "./random.ts"

/** A pen's path as points joined by straight lines: x to the right, y down. */
export type Polyline = readonly (readonly [x: number, y: number])[]

/**
 * One pen stroke as a short program of letters and numbers.
 *
 * | command | meaning |
 * |---|---|
 * | `M x y` | start here |
 * | `L x y` | straight line |
 * | `C x1 y1 x2 y2 x y` | cubic Bezier curve |
 * | `E cx cy rx ry a b` | ellipse arc from angle a to b in degrees, 0 right and 90 down, reached by a line |
 */
export type Stroke = string

/** A digit's shape, drawn in a box about 60 wide and 100 high. */
export type Glyph = readonly Stroke[]

const CURVE_STEPS = 12

/**
 * Turns a stroke into points.
 *
 * With a `random` and a `jitter`, every number of the program moves a little: the same letter from a hand
 * that never draws it twice alike.
 */
export function tracePolyline(stroke: Stroke, random?: Random, jitter = 0): Polyline {
  const points: [number, number][] = []
  for (const command of stroke.match(/[A-Z][^A-Z]*/g) ?? []) {
    const exact = command.slice(1).trim().split(/\s+/).map(Number)
    const move = (value: number) => (random === undefined ? value : value + random.normal(jitter))
    if (command.startsWith("C")) curve(points, exact.map(move))
    else if (command.startsWith("E")) arc(points, [...exact.slice(0, 4).map(move), exact[4], exact[5]])
    else points.push([move(exact[0]), move(exact[1])])
  }
  return points
}

function curve(points: [number, number][], [x1, y1, x2, y2, x3, y3]: number[]): void {
  const [x0, y0] = points[points.length - 1]
  for (let step = 1; step <= CURVE_STEPS; step++) {
    const t = step / CURVE_STEPS
    const u = 1 - t
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
    points.push([a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3])
  }
}

function arc(points: [number, number][], [cx, cy, rx, ry, from, to]: number[]): void {
  const steps = Math.ceil(Math.abs(to - from) / 15)
  for (let step = 0; step <= steps; step++) {
    const angle = ((from + ((to - from) * step) / steps) * Math.PI) / 180
    points.push([cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)])
  }
}
