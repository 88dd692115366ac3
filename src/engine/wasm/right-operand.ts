import { type DotLoop, type DotShape, countOf } from "./dot-shape.ts"
import { outside, sums } from "./pointer-table.ts"

/** Columns of a panel, the unit in which right operands are packed. */
export const PANEL = 8

/** How the right operands of a product are packed. */
export interface Packed {
  /** Loops over right operands: the groups that have one of their own. */
  readonly groups: readonly DotLoop[]
  readonly columns: number
  readonly taps: number
  /** Terms of a tap. */
  readonly run: number
  /** Bytes of an element. */
  readonly width: number
  /** Bytes of a panel and of one right operand. */
  readonly panelBytes: number
  readonly bytes: number
}

/** How a right operand of elements of `width` bytes is packed for taps of `run` terms. */
export function packedOf({ groups, columns, terms }: DotShape, run: number, width: number): Packed {
  const taps = countOf(terms) / run
  const panelBytes = width === 4 ? taps * run * PANEL * 4 : taps * Math.ceil(run / 2) * PANEL * 2
  const bytes = Math.ceil(countOf(columns) / PANEL) * panelBytes
  return {
    groups: groups.filter(({ right }) => right !== 0),
    columns: countOf(columns),
    taps,
    run,
    width,
    panelBytes,
    bytes,
  }
}

/** Distinguishes right operands of the same constant that are packed in different ways. */
export function packingKey(
  { right, columns, terms }: DotShape,
  packed: Pick<Packed, "groups" | "run" | "width">,
): string {
  const strides = [packed.groups, columns, terms].map((loops) => loops.map((loop) => [loop.size, loop.right]))
  return JSON.stringify([right.access.tensor.id, right.affine.base, packed.run, packed.width, strides])
}

/**
 * Positions of all elements of a right operand, as sums of one of each list and the base.
 *
 * @throws OnusError `ProgramInvalid` when an element is outside of the tensor.
 */
export function positionsOf(
  { right, columns, terms }: DotShape,
  { groups }: Pick<Packed, "groups">,
): Float64Array[] {
  const positions = [groups, columns, terms].map((loops) => sums(loops, (loop) => loop.right))
  const extreme = (choose: (...values: number[]) => number): number =>
    positions.reduce((sum, list) => sum + list.reduce((a, b) => choose(a, b)), right.affine.base)
  const { tensor } = right.access
  for (const position of [extreme(Math.min), extreme(Math.max)]) {
    if (position >= 0 && position < tensor.length) continue
    throw outside(tensor, position)
  }
  return positions
}

/** Packs a constant of float32 as `assembly/pack.ts` does: panels of 8 columns, term by term. */
export function packFloats(shape: DotShape, packed: Packed, data: Uint8Array, target: Uint8Array): void {
  const [groups, columns, terms] = positionsOf(shape, packed)
  const to = elementsOf(target)
  const element = reader(data)
  let at = 0
  for (const group of groups) {
    for (let n = 0; n < columns.length; n += PANEL) {
      const width = Math.min(PANEL, columns.length - n)
      const base = group + shape.right.affine.base
      for (let k = 0; k < terms.length; k++) {
        for (let j = 0; j < width; j++) to[at + j] = element(base + columns[n + j] + terms[k])
        at += PANEL
      }
    }
  }
}

/** Reads elements of 32 bits, wherever in a file they begin. */
export function reader(bytes: Uint8Array): (position: number) => number {
  if (bytes.byteOffset % 4 === 0) {
    const elements = elementsOf(bytes)
    return (position) => elements[position]
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (position) => view.getUint32(position * 4, true)
}

/** The elements of 32 bits in bytes that are aligned. */
export const elementsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4))

/**
 * Packs a constant of bytes as `assembly/pack-i8.ts` does: panels of 8 columns, terms of a tap in pairs.
 *
 * @param zeros zero points of the columns of every group, which fill up taps of odd length
 */
export function packBytes(
  shape: DotShape,
  packed: Packed,
  zeros: Int32Array,
  data: Uint8Array,
  target: Uint8Array,
): void {
  const [groups, columns, terms] = positionsOf(shape, packed)
  const { run } = packed
  let at = 0
  groups.forEach((group, g) => {
    const base = group + shape.right.affine.base
    for (let n = 0; n < columns.length; n += PANEL) {
      const width = Math.min(PANEL, columns.length - n)
      for (let tap = 0; tap < terms.length; tap += run) {
        for (let c = 0; c < run; c += 2, at += 2 * PANEL) {
          for (let j = 0; j < width; j++) {
            target[at + 2 * j] = data[base + columns[n + j] + terms[tap + c]]
            target[at + 2 * j + 1] =
              c + 1 < run
                ? data[base + columns[n + j] + terms[tap + c + 1]]
                : zeros[g * columns.length + n + j]
          }
        }
      }
    }
  })
}

/** Elements from term to term, if it is the same everywhere; what the packing kernels need. */
export function termStride({ terms }: DotShape): number | undefined {
  let stride: number | undefined
  let inner = 1
  for (const { size, right } of [...terms].reverse()) {
    stride ??= right
    if (right !== stride * inner) return undefined
    inner *= size
  }
  return stride ?? 1
}
