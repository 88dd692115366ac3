import { type Access, Body, type Step, bodyOperands } from "../../protocol/program.ts"
import { type Affine, collapsed, isPadding } from "./affine.ts"
import { operandOf, rowsOf } from "./operand.ts"

/** A loop of a matrix product: elements that the operands and the output move by. */
export interface DotLoop {
  readonly size: number
  readonly left: number
  readonly right: number
  readonly out: number
  /** Number of the loop in `left` and `right` of the shape. */
  readonly index: number
}

/** An operand of a product and where its elements are, by the loops of the shape. */
export interface DotOperand {
  readonly access: Access
  readonly affine: Affine
}

/**
 * A dot product as matrix products, one per group: out[group][row][column] is the sum over k of
 * left[group][row][k] * right[group][column][k].
 */
export interface DotShape {
  readonly left: DotOperand
  readonly right: DotOperand
  /** Zero points of operands of 8 bits. */
  readonly leftZero: DotOperand | undefined
  readonly rightZero: DotOperand | undefined
  readonly groups: readonly DotLoop[]
  /** Loops that lie one behind the other in the output. */
  readonly rows: readonly DotLoop[]
  /** The last loop of the domain, or none if there is but one column. */
  readonly columns: readonly DotLoop[]
  readonly terms: readonly DotLoop[]
}

/** The number of combinations of loops. */
export const countOf = (loops: readonly DotLoop[]): number => loops.reduce((all, { size }) => all * size, 1)

const moves = ({ strides, guards }: Affine, loop: number): boolean =>
  strides[loop] !== 0 || guards.some(({ coefficients }) => coefficients[loop] !== 0)

interface DotNest {
  readonly sizes: readonly number[]
  /** How many loops are the domain's. */
  readonly domain: number
  readonly left: DotOperand
  readonly right: DotOperand
  readonly leftZero: DotOperand | undefined
  readonly rightZero: DotOperand | undefined
}

/** The loops of a Dot, fewest possible, if its operands have no coordinates that are data. */
function dotNest(step: Step): DotNest | undefined {
  if (step.body !== Body.Dot || [...step.domain, ...step.reduction].includes(0)) return undefined
  const sizes = [...step.domain, ...step.reduction]
  const operands = Array.from({ length: bodyOperands(step) }, (_, i) => operandOf(step, i, sizes))
  if (operands.some(({ affine, lookups }) => lookups.length > 0 || isPadding(affine))) return undefined
  const all = { sizes, rows: operands.flatMap(rowsOf) }
  const inner = collapsed(all, step.domain.length, sizes.length, false)
  const nest = collapsed(inner, 0, step.domain.length, false)
  const known = nest.rows.map((affine, number) => ({ affine, access: step.operands[number] }))
  const [left, right, leftZero, rightZero] = known as [DotOperand, DotOperand, DotOperand?, DotOperand?]
  return { sizes: nest.sizes, domain: nest.to, left, right, leftZero, rightZero }
}

/** The matrix products that a Dot step is, or `undefined` if it is none that a kernel computes. */
export function dotShape(step: Step): DotShape | undefined {
  const nest = dotNest(step)
  if (!nest) return undefined
  // Products of two numbers do not depend on their order.
  const shapes = [arrange(nest), arrange(swapped(nest))]
  return (
    shapes.find((shape) => shape && !shape.groups.some(isStray)) ??
    shapes.find((shape) => shape !== undefined)
  )
}

const swapped = (nest: DotNest): DotNest => ({
  ...nest,
  left: nest.right,
  right: nest.left,
  leftZero: nest.rightZero,
  rightZero: nest.leftZero,
})

/** A loop over columns that is not the last one: every one of its steps is a product of its own. */
const isStray = (loop: DotLoop): boolean => loop.left === 0 && loop.right !== 0

/**
 * A Dot whose last domain loop moves both operands and whose other domain loops move the left one only: the columns are
 * channels, each with a right operand of its own.
 */
export function depthwiseShape(step: Step): DotShape | undefined {
  const nest = dotNest(step)
  if (!nest || nest.domain === 0 || nest.right.affine.guards.length > 0) return undefined
  const loops = loopsOf(nest)
  const rows = loops.slice(0, nest.domain - 1)
  const channel = loops[nest.domain - 1]
  const guarded = nest.left.affine.guards.some(({ coefficients }) => coefficients[channel.index] !== 0)
  if (guarded || channel.left < 1 || channel.right === 0 || rows.some(({ right }) => right !== 0))
    return undefined
  return {
    ...operandsOf(nest),
    groups: [],
    rows,
    columns: [channel],
    terms: loops.slice(nest.domain),
  }
}

const operandsOf = ({ left, right, leftZero, rightZero }: DotNest) => ({ left, right, leftZero, rightZero })

function loopsOf({ sizes, domain, left, right }: DotNest): DotLoop[] {
  const loops: DotLoop[] = []
  let out = 1
  for (let index = sizes.length - 1; index >= 0; index--) {
    const [l, r] = [left.affine.strides[index], right.affine.strides[index]]
    loops.unshift({ size: sizes[index], left: l, right: r, out: index < domain ? out : 0, index })
    if (index < domain) out *= sizes[index]
  }
  return loops
}

/** The shape with these operands on the left and on the right. */
function arrange(nest: DotNest): DotShape | undefined {
  const { domain, left, right } = nest
  if (right.affine.guards.length > 0) return undefined
  const loops = loopsOf(nest)
  const outer = loops.slice(0, domain)
  const last = outer.at(-1)
  const columns = last && !moves(left.affine, last.index) && last.right !== 0 ? [last] : []
  const rest = outer.slice(0, outer.length - columns.length)
  const rows = longestRun(rest)
  // What both operands move along must not be innermost: its products would have one element each.
  if (columns.length === 0 && last && !rows.includes(last)) return undefined
  return {
    ...operandsOf(nest),
    groups: rest.filter((loop) => !rows.includes(loop)),
    rows,
    columns,
    terms: loops.slice(domain),
  }
}

/** The neighbouring loops along which the right operand stands still, the most combinations of them. */
function longestRun(loops: readonly DotLoop[]): DotLoop[] {
  let best: DotLoop[] = []
  let run: DotLoop[] = []
  for (const loop of loops) {
    run = loop.right === 0 ? [...run, loop] : []
    if (countOf(run) > countOf(best)) best = run
  }
  return best
}
