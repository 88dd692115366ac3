import { requirePositions } from "../../limits.ts"
import type { ResizeAxis } from "./resize-axes.ts"

/** How elements near a position are weighted. */
export interface Kernel {
  /** The coefficient a of the cubic kernel; `undefined` for the linear one. */
  readonly cubic: number | undefined
  /** Elements beyond the ends count nothing, instead of as the one at the end. */
  readonly excludeOutside: boolean
  /** When an axis shrinks, the kernel covers all elements that the result leaves out. */
  readonly antialias: boolean
}

/** Elements of the input by rising index with their weights, which are binary32 numbers. */
export type Taps = readonly (readonly [index: number, weight: number])[]

/**
 * The elements that every position is made of, weighted as the ONNX reference implementation does it, in binary64
 * and rounded once. Those that fall on the same element are one, and an element of weight zero is none.
 */
export function tapsOf(
  positions: readonly (number | undefined)[],
  { input, scale }: Pick<ResizeAxis, "input" | "scale">,
  kernel: Kernel,
): Taps[] {
  const narrow = kernel.antialias ? Math.min(scale, 1) : 1
  const reach = 2 * Math.ceil((kernel.cubic === undefined ? 1 : 2) / narrow)
  requirePositions(positions.length * reach * 8)
  return positions.map((position) => (position === undefined ? [] : tapsAt(position, input, narrow, kernel)))
}

function tapsAt(position: number, input: number, narrow: number, kernel: Kernel): Taps {
  const reach = kernel.cubic === undefined ? 1 : 2
  const first = Math.floor(-reach / narrow) + 1
  const floor = Math.floor(position)
  const raw: [number, number][] = []
  for (let index = floor + first; index <= floor + 1 - first; index++) {
    const isOutside = index < 0 || index >= input
    const weight = weightAt((index - position) * narrow, kernel.cubic)
    raw.push([index, isOutside && kernel.excludeOutside ? 0 : weight])
  }
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0)
  const divisor = kernel.antialias || kernel.excludeOutside ? total : 1
  const weights = new Map<number, number>()
  for (const [index, weight] of raw) {
    const inside = Math.max(0, Math.min(input - 1, index))
    weights.set(inside, (weights.get(inside) ?? 0) + (divisor === 0 ? 0 : weight / divisor))
  }
  const taps = [...weights].map(([index, weight]) => [index, Math.fround(weight)] as const)
  const kept = taps.filter(([, weight]) => weight !== 0)
  return kept.length > 0 ? kept : [[Math.max(0, Math.min(input - 1, Math.round(position))), 1]]
}

/** The kernels of linear and of cubic interpolation (Keys 1981). */
function weightAt(distance: number, a: number | undefined): number {
  const x = Math.abs(distance)
  if (a === undefined) return Math.max(0, 1 - x)
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}
