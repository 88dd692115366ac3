import {
  Body,
  ElementType,
  type Access,
  type Guard,
  Space,
  type Step,
  type Tensor,
} from "../../../src/protocol/program.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { elementBytes, hostileElements } from "../random-elements.ts"
import { randomEpilogue } from "../random-epilogue.ts"
import { type RandomStep, StepMaker } from "../random-steps.ts"

const { Float32, Int8, Uint8, Int32 } = ElementType

/** An axis of a tensor: its coordinate is affine in the loop indices, and on padding outside of 0 to `size`. */
interface Axis {
  readonly factors: Readonly<Record<number, number>>
  readonly offset?: number
  readonly size: number
  readonly padded?: boolean
}

/** Loops of a product with the axes of both operands, in an order that is usual. */
interface Product {
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly left: readonly Axis[]
  readonly right: readonly Axis[]
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const at = random() % (i + 1)
    ;[list[i], list[at]] = [list[at], list[i]]
  }
  return list
}

/** An axis that one loop goes along. */
export const along = (loop: number, size: number): Axis => ({ factors: { [loop]: 1 }, size })

/** Matrix products, batched or not; batch axes may be missing in one operand. */
function matrices(random: Random): Product {
  const batch = range(pick(random, [0, 0, 1, 1, 2])).map(() => between(random, 1, 4))
  const size = () => pick(random, [1, between(random, 2, 9), between(random, 1, 40)])
  const terms = pick(random, [[between(random, 1, 60)], [between(random, 1, 8), between(random, 1, 8)]])
  return matrixProduct(random, batch, [size(), size()], terms)
}

/** One product of a million products of numbers: several threads share it. */
function largeMatrices(random: Random): Product {
  const terms = pick(random, [17, 64, 300, 1000])
  const rows = pick(random, [1, 2, 7, 33, 130])
  return matrixProduct(random, [], [rows, Math.ceil(1e6 / rows / terms)], [terms])
}

function matrixProduct(
  random: Random,
  batch: readonly number[],
  [rows, columns]: readonly number[],
  terms: readonly number[],
): Product {
  const domain = [...batch, rows, columns]
  const first = domain.length
  const shared = (): Axis[] => batch.flatMap((size, i) => (onceIn(random, 4) ? [] : [along(i, size)]))
  const inner = terms.map((size, i) => along(first + i, size))
  return {
    domain,
    reduction: terms,
    left: [...shared(), along(first - 2, rows), ...inner],
    right: [...shared(), along(first - 1, columns), ...inner],
  }
}

/** Convolutions, grouped or not. */
function convolution(random: Random): Product {
  const depthwise = onceIn(random, 3)
  const rank = pick(random, [1, 2, 2, 3])
  const [batch, groups] = [
    pick(random, [1, 1, 2]),
    depthwise ? between(random, 1, 40) : pick(random, [1, 1, 2, 3]),
  ]
  const channels = depthwise ? 1 : pick(random, [1, 2, 3, 8, 13])
  const out = depthwise ? 1 : pick(random, [1, 3, 8, 12, 20, 40])
  const axes = windows(random, rank)
  const domain = [batch, ...axes.map((axis) => axis.output), groups, out]
  const first = domain.length
  return {
    domain,
    reduction: [...axes.map((axis) => axis.kernel), channels],
    left: [
      along(0, batch),
      ...axes.map((axis, i) => windowAxis(axis, 1 + i, first + i)),
      { factors: { [rank + 1]: channels, [first + rank]: 1 }, size: channels * groups },
    ],
    right: [
      { factors: { [rank + 1]: out, [rank + 2]: 1 }, size: out * groups },
      ...axes.map((axis, i) => along(first + i, axis.kernel)),
      along(first + rank, channels),
    ],
  }
}

/** A window that slides along an axis of an operand. */
interface Window {
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly pad: number
  readonly output: number
  readonly size: number
}

/** Windows along the axes of an operand with `rank` of them. */
export function windows(random: Random, rank: number): Window[] {
  return range(rank).map(() => {
    const [kernel, stride, dilation] = [
      pick(random, [1, 2, 3]),
      pick(random, [1, 1, 2]),
      pick(random, [1, 1, 2]),
    ]
    const pad = between(random, 0, kernel - 1)
    const output = between(random, 1, [0, 30, 7, 4][rank])
    const size = Math.max(
      1,
      (output - 1) * stride + (kernel - 1) * dilation + 1 - pad - between(random, 0, pad),
    )
    return { kernel, stride, dilation, pad, output, size }
  })
}

/** The axis that a window slides along, by loops over its places and over the elements in it. */
export const windowAxis = ({ stride, dilation, pad, size }: Window, place: number, within: number): Axis => ({
  factors: { [place]: stride, [within]: dilation },
  offset: -pad,
  size,
  padded: true,
})

/** The access to a tensor with the axes in some order of storage. */
export function access(
  random: Random,
  axes: readonly Axis[],
  loops: number,
  tensor: Omit<Tensor, "length">,
): Access {
  const order = onceIn(random, 3) ? shuffled(random, range(axes.length)) : range(axes.length)
  const strides = new Array<number>(loops).fill(0)
  const guards: Guard[] = []
  let base = onceIn(random, 4) ? between(random, 0, 5) : 0
  let length = 1
  for (const number of order.reverse()) {
    const { factors, offset = 0, size, padded } = axes[number]
    base += offset * length
    for (const [loop, factor] of Object.entries(factors)) strides[Number(loop)] += factor * length
    const coefficients = range(loops).map((loop) => factors[loop] ?? 0)
    if (padded) guards.push({ coefficients, offset, size })
    length *= size
  }
  return { tensor: { ...tensor, length: length + 5 }, base, strides, guards, lookups: [] }
}

/** A Dot as networks have them, whose operands are Inputs or constants, with a random epilogue. */
export function randomProduct(random: Random, type: "float" | "bytes", isLarge = false): RandomStep {
  const smaller = onceIn(random, 2) ? matrices : convolution
  const product = (isLarge ? largeMatrices : smaller)(random)
  const { domain, reduction } = product
  const types = type === "float" ? [Float32, Float32] : [0, 1].map(() => pick(random, [Int8, Uint8]))
  const [left, right] = onceIn(random, 5) ? [product.right, product.left] : [product.left, product.right]
  const loops = domain.length + reduction.length
  const spaces = [0, 1].map(() => pick(random, [Space.Input, Space.Weights]))
  const operands = [left, right].map((axes, id) =>
    access(random, axes, loops, { space: spaces[id], type: types[id], id, firstLeaf: 0 }),
  )
  if (type === "bytes") for (const id of [2, 3]) operands.push(zeroPoint(random, types[id - 2], id, product))
  const maker = new StepMaker(random, domain, reduction)
  const accumulated = type === "float" ? Float32 : Int32
  const { instructions, types: registers } = randomEpilogue(
    maker,
    accumulated,
    pick(random, [0, 0, 1, 2, 3, 4]),
  )
  const { step, inputs } = maker.finish(registers[registers.length - 1], Body.Dot, 0, instructions)
  const shift = operands.length
  const loads = step.operands.map((operand) => ({
    ...operand,
    tensor: { ...operand.tensor, id: operand.tensor.id + shift },
  }))
  const shifted: Step = {
    ...step,
    operands: [...operands, ...loads],
    epilogue: step.epilogue.map((each) => (each.op === 0 ? { ...each, a: each.a + shift } : each)),
  }
  const bytes = operands.map(({ tensor }) =>
    elementBytes(tensor.type, tensor.length, hostileElements(random, tensor.type)),
  )
  return { step: shifted, inputs: [...bytes, ...inputs] }
}

/** A zero point: mostly one number, or a constant one per column; now and then anything. */
function zeroPoint(random: Random, type: ElementType, id: number, { domain, reduction }: Product): Access {
  const loops = [...domain, ...reduction]
  const strides = loops.map(() => 0)
  const isRight = id === 3
  const kind = pick(random, ["one", "one", "columns", "any"])
  if (kind === "columns" && isRight) strides[domain.length - 1] = 1
  if (kind === "any" && onceIn(random, 3)) strides[random() % domain.length] = 1
  const length = 1 + strides.reduce((sum, stride, i) => sum + stride * (loops[i] - 1), 0)
  const space = isRight && !onceIn(random, 6) ? Space.Weights : Space.Input
  return { tensor: { space, type, id, firstLeaf: 0, length }, base: 0, strides, guards: [], lookups: [] }
}
