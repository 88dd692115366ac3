import type { Polyline } from "./stroke.ts"

/** How the pen meets the paper. */
export interface Pen {
  /** Width of a line in pixels. */
  readonly width: number
  /** 0 for a round pen, towards 1 for a broad nib whose width depends on its direction. */
  readonly contrast: number
  /** Direction in radians in which a broad nib draws its widest line. */
  readonly angle: number
}

/** Draws polylines with round ends into a square picture of `size` pixels: 0 is paper, 1 is ink. */
export function inkPolylines(lines: readonly Polyline[], pen: Pen, size: number): Float32Array {
  const picture = new Float32Array(size * size)
  for (const line of lines) {
    for (let index = 1; index < line.length; index++)
      inkSegment(picture, size, line[index - 1], line[index], pen)
  }
  return picture
}

type Point = readonly [x: number, y: number]

function inkSegment(picture: Float32Array, size: number, [ax, ay]: Point, [bx, by]: Point, pen: Pen): void {
  const [dx, dy] = [bx - ax, by - ay]
  const squared = dx * dx + dy * dy
  const across = Math.abs(Math.sin(Math.atan2(dy, dx) - pen.angle))
  const radius = (pen.width / 2) * (1 - pen.contrast * across)
  const reach = radius + 1
  const top = Math.max(0, Math.floor(Math.min(ay, by) - reach))
  const bottom = Math.min(size - 1, Math.ceil(Math.max(ay, by) + reach))
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach))
  const right = Math.min(size - 1, Math.ceil(Math.max(ax, bx) + reach))

  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      // Distance from the pixel's centre to the nearest point of the segment.
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay]
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared))
      const distance = Math.hypot(px - along * dx, py - along * dy)
      const ink = Math.min(1, Math.max(0, radius + 0.5 - distance))
      const at = y * size + x
      if (ink > picture[at]) picture[at] = ink
    }
  }
}
