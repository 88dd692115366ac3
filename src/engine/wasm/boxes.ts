/** A loop that moves a source and a destination, in bytes. */
export interface CopyLoop {
  readonly size: number
  readonly source: number
  readonly target: number
}

/** What is moved: one element at every combination of the loops, at these distances from source and destination. */
export interface CopyBox {
  readonly source: number
  readonly target: number
  readonly loops: readonly CopyLoop[]
}

/** Two loops that are run together, all others around them. */
export interface TiledBox {
  readonly source: number
  readonly target: number
  readonly inner: CopyLoop
  readonly other: CopyLoop
  readonly outer: readonly CopyLoop[]
  /** Bytes of an element; 0 where the inner loop is a row of bytes. */
  readonly width: number
}

const ONCE: CopyLoop = { size: 1, source: 0, target: 0 }

/** Bytes of a tile of rows, and elements of a tile of elements in either direction. */
const TILE_BYTES = 32 * 1024
const TILE_SIDE = 64
/** Elements of a tile in the other direction where the inner loop is short. */
const TILE_ELEMENTS = 4096

/** Makes one loop of loops that are one behind the other on both sides, outermost first. */
function merged(loops: readonly CopyLoop[]): CopyLoop[] {
  const result: CopyLoop[] = []
  const ordered = loops.filter(({ size }) => size > 1).sort((a, b) => b.target - a.target)
  for (const loop of ordered) {
    const last = result.at(-1)
    if (last?.source === loop.source * loop.size && last.target === loop.target * loop.size) {
      result[result.length - 1] = { ...loop, size: last.size * loop.size }
    } else result.push(loop)
  }
  return result
}

/** Cuts a box into parts with tiles of a good size. */
export function tiled({ source, target, loops }: CopyBox, width: number): TiledBox[] {
  const list = merged(loops)
  const inner = list.find((loop) => loop.target === width) ?? list.at(-1) ?? ONCE
  const rest = list.filter((loop) => loop !== inner)
  const box = { source, target, loops: rest }
  if (inner === ONCE || (inner.source === width && inner.target === width)) {
    const row = { size: inner.size * width, source: 1, target: 1 }
    return cut(box, row, TILE_BYTES).flatMap(({ part, loop }) => {
      const other = part.loops.at(-1) ?? ONCE
      const around = { ...part, loops: part.loops.slice(0, -1) }
      const most = Math.max(1, Math.floor(TILE_BYTES / loop.size))
      return cut(around, other, most).map((each) => tile(each.part, loop, each.loop, 0))
    })
  }
  // Where the source is contiguous the other way, cache lines are used whole if tiles are about square.
  const other = rest.find((loop) => loop.source === width) ?? rest.at(-1) ?? ONCE
  const around = { source, target, loops: rest.filter((loop) => loop !== other) }
  const side = Math.max(TILE_SIDE, Math.floor(TILE_ELEMENTS / inner.size))
  return cut(around, inner, TILE_SIDE).flatMap((a) =>
    cut(a.part, other, side).map((b) => tile(b.part, a.loop, b.loop, width)),
  )
}

const tile = (
  { source, target, loops }: CopyBox,
  inner: CopyLoop,
  other: CopyLoop,
  width: number,
): TiledBox => ({
  source,
  target,
  inner,
  other,
  outer: loops,
  width,
})

/** A box around a loop as parts around pieces of it, of `most` at a time and what is left. */
function cut(box: CopyBox, loop: CopyLoop, most: number): { part: CopyBox; loop: CopyLoop }[] {
  const pieces = Math.floor(loop.size / most)
  if (pieces === 0 || loop.size === most) return [{ part: box, loop }]
  const jump = { size: pieces, source: loop.source * most, target: loop.target * most }
  const parts: { part: CopyBox; loop: CopyLoop }[] = [
    { part: { ...box, loops: [...box.loops, jump] }, loop: { ...loop, size: most } },
  ]
  const left = loop.size - pieces * most
  if (left > 0) {
    const part = {
      ...box,
      source: box.source + pieces * jump.source,
      target: box.target + pieces * jump.target,
    }
    parts.push({ part, loop: { ...loop, size: left } })
  }
  return parts
}
