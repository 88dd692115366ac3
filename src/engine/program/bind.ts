import { Body, type Guard, type Instruction, Op } from "../../protocol/program.ts"
import type { LoopAccess, LoopCore, Pending, ReadCore, Reader } from "./value.ts"
import { type Digit, type Layout, aligned, normalised, product, rowMajor } from "./view.ts"

/** A step without tensors, and where the axes of its value lie in its output. */
export interface BoundStep {
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly body: Body
  readonly mode: number
  readonly operands: readonly LoopAccess[]
  readonly epilogue: readonly Instruction[]
  readonly layout: Layout
}

/** Readers write this axis in radices that contradict each other: some have to be copied first. */
export interface Misaligned {
  readonly axis: number
}

export const isMisaligned = (result: BoundStep | Misaligned): result is Misaligned => "axis" in result

/** One loop of the domain while readers are bound to it. */
interface Loop {
  readonly size: number
  readonly axis: number
  /** How far one turn of the loop moves the coordinate of its axis. */
  readonly weight: number
  /** How far it moves each reader. */
  readonly strides: readonly number[]
}

/**
 * Gives a pending value its loops.
 *
 * The domain of a read is in the order in which its first complete reader lies in storage, so that elements
 * are computed in the order in which they are read, or in the order of the axes if `inOrder`. The domain of
 * a reduction is fixed; its loops are only cut where other operands need it.
 */
export function bind(pending: Pending, shape: readonly number[], inOrder: boolean): BoundStep | Misaligned {
  const { core } = pending
  const readers = core.body === Body.Read ? [...core.candidates, ...pending.loads] : pending.loads
  const all = [...readers, ...readers.flatMap((reader) => reader.lookups.map((one) => one.coordinate))]
  const loops = core.body === Body.Read ? readLoops(shape, all, inOrder) : cutLoops(core, shape, all)
  if ("axis" in loops) return loops
  const layout = layoutOf(shape, loops)
  return core.body === Body.Read
    ? bindRead(core, pending, readers, all, joined(loops, all), layout)
    : bindLoops(core, pending, readers, all, loops, layout)
}

function bindRead(
  core: ReadCore,
  { instructions }: Pending,
  readers: readonly Reader[],
  all: readonly Reader[],
  loops: readonly Loop[],
  layout: Layout,
): BoundStep {
  const mode = core.candidates.length
  return {
    domain: loops.map((loop) => loop.size),
    reduction: [],
    body: Body.Read,
    mode,
    operands: accesses(readers, all, loops, 0, 0),
    epilogue: instructions.map((one) => shifted(one, mode)),
    layout,
  }
}

function bindLoops(
  core: LoopCore,
  { instructions }: Pending,
  readers: readonly Reader[],
  all: readonly Reader[],
  loops: readonly Loop[],
  layout: Layout,
): BoundStep {
  const parts = partsOf(core, loops)
  const cut = (factors: readonly number[]): number[] => [
    ...parts.flatMap(({ loop, sizes }) => rowMajor(sizes).map((weight) => weight * factors[loop])),
    ...factors.slice(core.domain.length),
  ]
  const body = core.operands.map((access) => ({
    ...access,
    strides: cut(access.strides),
    guards: access.guards.map((guard) => ({ ...guard, coefficients: cut(guard.coefficients) })),
  }))
  const first = core.operands.length
  return {
    domain: loops.map((loop) => loop.size),
    reduction: core.reduction,
    body: core.body,
    mode: core.mode,
    operands: [...body, ...accesses(readers, all, loops, core.reduction.length, first)],
    epilogue: instructions.map((one) => shifted(one, first)),
    layout,
  }
}

const shifted = (instruction: Instruction, by: number): Instruction =>
  instruction.op === Op.Load ? { ...instruction, a: instruction.a + by } : instruction

/** The accesses of all readers; those that lookups use come last. */
function accesses(
  readers: readonly Reader[],
  all: readonly Reader[],
  loops: readonly Loop[],
  still: number,
  first: number,
): LoopAccess[] {
  const zeros = new Array<number>(still).fill(0)
  let coordinate = first + readers.length
  return all.map(({ source, layout, guards, lookups }, number) => ({
    source,
    base: layout.base,
    strides: [...loops.map((loop) => loop.strides[number]), ...zeros],
    guards: guards.map(({ coefficients, offset, size }): Guard => {
      const byLoop = loops.map((loop) => (coefficients[loop.axis] ?? 0) * loop.weight)
      return { coefficients: [...byLoop, ...zeros], offset, size }
    }),
    lookups: lookups.map(({ stride, size }) => ({ operand: coordinate++, stride, size })),
  }))
}

function readLoops(
  shape: readonly number[],
  readers: readonly Reader[],
  inOrder: boolean,
): Loop[] | Misaligned {
  const loops: Loop[] = []
  for (const [axis] of shape.entries()) {
    const cut = aligned(readers.map((reader) => reader.layout.axes[axis]))
    if (!cut) return { axis }
    const weights = rowMajor(cut.sizes)
    cut.sizes.forEach((size, i) => {
      loops.push({ size, axis, weight: weights[i], strides: cut.strides.map((strides) => strides[i]) })
    })
  }
  const reaches = reachesOf(readers)
  const leader = inOrder ? undefined : reaches.find((reach) => loops.every((loop) => reach(loop) !== 0))
  return leader ? loops.sort((a, b) => leader(b) - leader(a)) : loops
}

/** How far one turn of a loop moves each reader; through a lookup, as if its coordinates rose like their places. */
function reachesOf(readers: readonly Reader[]): ((loop: Loop) => number)[] {
  let coordinate = readers.length - readers.reduce((sum, { lookups }) => sum + lookups.length, 0)
  return readers.slice(0, coordinate).map(({ lookups }, number) => {
    const looked = lookups.map(({ stride }) => ({ stride, number: coordinate++ }))
    return ({ strides }) =>
      [{ stride: 1, number }, ...looked].reduce(
        (most, one) => Math.max(most, Math.abs(one.stride * strides[one.number])),
        0,
      )
  })
}

/** The loops of a reduction's domain, cut into the digits that the readers need. */
function cutLoops(core: LoopCore, shape: readonly number[], readers: readonly Reader[]): Loop[] | Misaligned {
  const pieces: Loop[][] = core.domain.map(() => [])
  // The rank is one loop, even if there is only one.
  const rank = core.body === Body.Rank ? core.domain.length - 1 : -1
  if (core.domain[rank] === 1)
    pieces[rank] = [{ size: 1, axis: -1, weight: 0, strides: readers.map(() => 0) }]
  for (const [axis] of shape.entries()) {
    const own = core.axes[axis].filter((loop) => core.domain[loop] !== 1)
    const sizes = own.map((loop) => core.domain[loop])
    const weights = rowMajor(sizes)
    const digits: Digit[] = sizes.map((size, i) => ({ size, stride: weights[i] }))
    const cut = aligned([digits, ...readers.map((reader) => reader.layout.axes[axis])])
    if (!cut || (own.includes(rank) && cut.sizes.length > 1)) return { axis }
    const [ownWeights, ...strides] = cut.strides
    let at = 0
    for (const loop of own) {
      for (let size = 1; size < core.domain[loop]; at++) {
        size *= cut.sizes[at]
        pieces[loop].push({
          size: cut.sizes[at],
          axis,
          weight: ownWeights[at],
          strides: strides.map((list) => list[at]),
        })
      }
    }
  }
  return pieces.flat()
}

/** Into which sizes each loop of the domain was cut. */
function partsOf(core: LoopCore, loops: readonly Loop[]): { loop: number; sizes: number[] }[] {
  let at = 0
  return core.domain.map((size, loop) => {
    const sizes: number[] = size === 1 ? [loops[at++].size] : []
    while (product(sizes) < size) sizes.push(loops[at++].size)
    return { loop, sizes }
  })
}

/** Where the axes lie when the loops are nested in their order. */
function layoutOf(shape: readonly number[], loops: readonly Loop[]): Layout {
  const strides = rowMajor(loops.map((loop) => loop.size))
  const axes = shape.map((_, axis) => {
    const own = loops.map(({ size, weight, axis }, i) => ({ size, weight, axis, stride: strides[i] }))
    const digits = own.filter((loop) => loop.axis === axis).sort((a, b) => b.weight - a.weight)
    return normalised(digits.map(({ size, stride }) => ({ size, stride })))
  })
  return { base: 0, axes }
}

/** Makes one loop of two neighbours wherever every reader and guard walks on from one to the next. */
function joined(loops: readonly Loop[], readers: readonly Reader[]): Loop[] {
  const guards = readers.flatMap((reader) => reader.guards)
  const result: Loop[] = []
  for (const inner of loops) {
    const outer = result.at(-1)
    const continues =
      outer?.strides.every((stride, i) => stride === inner.size * inner.strides[i]) &&
      guards.every(({ coefficients: c }) => {
        return c[outer.axis] * outer.weight === inner.size * c[inner.axis] * inner.weight
      })
    if (!continues) {
      result.push(inner)
      continue
    }
    // Its axis and weight only matter to guards, for which both loops are alike.
    result[result.length - 1] = { ...inner, size: outer.size * inner.size }
  }
  return result
}
