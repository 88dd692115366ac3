import { type Access, Body, ElementType, Op, Space, type Step } from "../../../src/protocol/program.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { TYPES, elementBytes, hostileElements } from "../random-elements.ts"
import { randomEpilogue } from "../random-epilogue.ts"
import { type RandomStep, StepMaker } from "../random-steps.ts"

const { Float32, Int32, Bool } = ElementType
const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/** Row-major strides over the loops that an operand moves along; 0 along the others. */
function broadcast(random: Random, sizes: readonly number[], keep: (loop: number) => boolean): number[] {
  let stride = 1
  const strides = sizes.map(() => 0)
  const order = sizes.map((_, i) => i)
  if (onceIn(random, 6)) order.reverse()
  for (const loop of order.reverse()) {
    if (!keep(loop)) continue
    strides[loop] = stride
    stride *= sizes[loop]
  }
  return strides
}

/** The step that `maker` has begun, with operands that are read in plain ways instead of its own. */
export function withPlainOperands(
  random: Random,
  made: RandomStep,
  loops: readonly number[],
  body: number,
): RandomStep {
  const inputs = [...made.inputs]
  const operands = made.step.operands.map((access, number): Access => {
    const { tensor } = access
    const isPlain = number < body || onceIn(random, 2)
    const dropped = random()
    const strides = broadcast(random, loops, (loop) => isPlain || ((dropped >> loop) & 1) === 0)
    const length = 1 + strides.reduce((sum, stride, i) => sum + stride * (loops[i] - 1), 0)
    inputs[tensor.id] = elementBytes(tensor.type, length, hostileElements(random, tensor.type))
    return { tensor: { ...tensor, length }, base: 0, strides, guards: [], lookups: [] }
  })
  return { step: { ...made.step, operands }, inputs }
}

/** Sizes of a domain of up to a few thousand elements, the last of which is long now and then. */
function largeDomain(random: Random): number[] {
  const last = pick(random, [between(random, 1, 9), between(random, 10, 700), 64, 96, 768, 1000])
  const rest = between(random, 0, 3)
  const domain = [last]
  for (let i = 0; i < rest; i++)
    domain.unshift(between(random, 1, Math.max(1, Math.min(12, Math.floor(6000 / product(domain))))))
  return domain
}

/** Element-wise steps over many elements, with operands that broadcast. */
export function largeElementwise(random: Random): RandomStep {
  const domain = largeDomain(random)
  const maker = new StepMaker(random, domain, [])
  const type = pick(random, [Float32, Float32, ...TYPES])
  maker.operand(type)
  const { instructions, types } = chains(maker, type, between(random, 1, 8))
  const made = maker.finish(types[types.length - 1], Body.Read, 1, instructions)
  return withPlainOperands(random, made, domain, 1)
}

/** Epilogues in which products, sums and bounds follow each other, as behind most dot products. */
function chains(maker: StepMaker, type: ElementType, count: number) {
  const { random } = maker
  if (type !== Float32 || onceIn(random, 2)) return randomEpilogue(maker, type, count)
  const epilogue = { instructions: [] as Step["epilogue"][number][], types: [type] }
  const push = (op: Op, a: number, b = 0, value = 0n): number => {
    epilogue.instructions.push({ op, type: Float32, a, b, c: 0, value })
    return epilogue.types.push(Float32) - 1
  }
  let last = 0
  for (let i = 0; i < count; i++) {
    const isLoad = onceIn(random, 2)
    const other = isLoad
      ? push(Op.Load, maker.operand(Float32))
      : push(
          Op.Const,
          0,
          0,
          onceIn(random, 3) ? pick(random, [0n, 0x80000000n]) : hostileElements(random, Float32)(),
        )
    const op = pick(random, [Op.Mul, Op.Add, Op.Add, Op.Sub, Op.Max, Op.Min])
    last = onceIn(random, 2) ? push(op, last, other) : push(op, other, last)
  }
  return epilogue
}

/** Folds and dot products over many terms, along rows of memory or across them. */
export function largeReduction(random: Random): RandomStep {
  const domain = [between(random, 1, 40), between(random, 1, 20)].slice(0, between(random, 0, 2))
  const reduction = [between(random, 1, 4), between(random, 1, 300)].slice(between(random, 0, 1))
  const loops = [...domain, ...reduction]
  const maker = new StepMaker(random, domain, reduction)
  const isDot = onceIn(random, 3)
  const type = isDot ? Float32 : pick(random, [Float32, Float32, Int32, ...TYPES])
  maker.operand(type)
  if (isDot) maker.operand(type)
  const orders = type === Bool ? [Op.Min, Op.Max] : [Op.Add, Op.Mul, Op.Min, Op.Max]
  const { instructions, types } = randomEpilogue(maker, type, between(random, 0, 3))
  const body = isDot ? Body.Dot : Body.Fold
  const made = maker.finish(types[types.length - 1], body, isDot ? 0 : pick(random, orders), instructions)
  return withPlainOperands(random, made, loops, isDot ? 2 : 1)
}

/** Moves as concatenations, transpositions, slices and lookups make them. */
export function largeMove(random: Random): RandomStep {
  const domain = largeDomain(random)
  const type = pick(random, TYPES)
  const axis = random() % domain.length
  const parts = between(random, 1, 3)
  const cuts = Array.from({ length: parts - 1 }, () => between(random, 0, domain[axis])).sort((a, b) => a - b)
  const edges = [0, ...cuts, domain[axis]]
  const operands: Access[] = []
  const inputs: Uint8Array[] = []
  for (let part = 0; part < parts; part++) {
    const [from, to] = [edges[part], edges[part + 1]]
    const sizes = domain.map((size, i) => (i === axis ? Math.max(1, to - from) : size))
    const strides = shuffledStrides(random, sizes)
    const length = product(sizes)
    const coefficients = domain.map((_, i) => Number(i === axis))
    const guards = parts === 1 ? [] : [{ coefficients, offset: -from, size: to - from }]
    const tensor = { space: Space.Input, type, id: part, firstLeaf: 0, length }
    operands.push({ tensor, base: -from * strides[axis], strides, guards, lookups: [] })
    inputs.push(elementBytes(type, length, hostileElements(random, type)))
  }
  const output = { space: Space.Output, type, id: 0, firstLeaf: 0, length: product(domain) }
  return {
    step: { output, domain, reduction: [], body: Body.Read, mode: parts, operands, epilogue: [] },
    inputs,
  }
}

function shuffledStrides(random: Random, sizes: readonly number[]): number[] {
  const order = sizes.map((_, i) => i)
  if (onceIn(random, 2)) order.sort(() => (random() & 1) * 2 - 1)
  const strides = sizes.map(() => 0)
  let stride = 1
  for (const loop of order.reverse()) {
    strides[loop] = stride
    stride *= sizes[loop]
  }
  return strides
}
