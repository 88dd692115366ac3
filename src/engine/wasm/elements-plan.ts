import { Body, ElementType, Op, type Step, widthOf } from "../../protocol/program.ts"
import * as codes from "./codes.ts"
import { planEpilogue, shapeOf } from "./epilogue.ts"
import { bodyType, isLong, laneBits } from "./lane-graph.ts"
import { type BodyLoops, bodyLoops, overDomain, runsAlongRows } from "./operand.ts"
import { type PlanFields, storeOf, writeEpilogue, writePlan } from "./step-plan.ts"
import { type Writing, moveKindOf, writeSource } from "./source.ts"

/** Work below which it does not pay to wake other threads, and work of a unit, in lanes and operations on them. */
const SMALL_WORK = 20_000
const UNIT_WORK = 60_000

/** Units of elements, each a multiple of `block`. */
export function unitsOf(
  length: number,
  workPerElement: number,
  block = 64,
): Pick<PlanFields, "length" | "unit" | "units" | "alone"> {
  const unit = Math.max(1, Math.floor(UNIT_WORK / workPerElement / block)) * block
  return { length, unit, units: Math.ceil(length / unit), alone: length * workPerElement < SMALL_WORK }
}

/** Writes a plan that computes a step block by block, whatever it is; returns its address. */
export function writeElementsPlan(writing: Writing, step: Step): number {
  if (step.body === Body.Read && step.epilogue.length === 0) return writeMove(writing, step)
  const body = BODIES[step.body](writing, step)
  const epilogue = planEpilogue(step, body.bytesPerLane, body.rows)
  const { scratch } = writing
  const first = scratch.reserve(epilogue.block * (isLong(bodyType(step)) ? 8 : 4))
  const fields = body.fields(epilogue.block)
  return writePlan(writing, {
    ...unitsOf(step.output.length, body.work + epilogue.nodes.length + 1, epilogue.block),
    block: epilogue.block,
    output: writing.addressOf(step.output),
    store: storeOf(step.output),
    epilogue: writeEpilogue(writing, step, epilogue),
    first,
    ...fields,
  })
}

/** What a body adds to the plan of a step. */
interface BodyPlan {
  readonly bytesPerLane: number
  /** Operations on lanes per element. */
  readonly work: number
  /** Lengths of the runs in which operands are read. */
  readonly rows: readonly number[]
  fields(block: number): Omit<PlanFields, "length" | "unit" | "units" | "output">
}

type MakeBody = (writing: Writing, step: Step) => BodyPlan

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/** Accesses of all operands of a body. */
function writeSources(writing: Writing, { domain, reduction, operands }: BodyLoops): number[] {
  return operands.map((operand) => writeSource(writing, operand, [...domain, ...reduction], domain.length))
}

const rowsIn = ({ domain, operands }: BodyLoops): number[] =>
  operands.flatMap((operand) => shapeOf(overDomain(operand, domain.length), domain).row ?? [])

/** The loops over the terms of a fold or dot product. */
function writeTerms({ image, scratch }: Writing, step: Step, { reduction }: BodyLoops) {
  return {
    reductions: reduction.length,
    sizes: image.words(reduction),
    terms: step.reduction.includes(0) ? 0 : product(reduction),
    indices: scratch.reserve(4 * reduction.length),
  }
}

const readBody: MakeBody = (writing, step) => {
  const loops = bodyLoops({ ...step, reduction: [] })
  const sources = writeSources(writing, loops)
  return {
    bytesPerLane: widthOf(ElementType.Int64),
    work: sources.length,
    rows: rowsIn(loops),
    fields: () => ({ kind: codes.READ, mode: step.mode, sources }),
  }
}

const LANES_OF = (type: ElementType): number => {
  if (type === ElementType.Float32) return codes.LANES_FLOAT
  return isLong(type) ? codes.LANES_LONG : codes.LANES_WORD
}

const FOLDS: Partial<Record<number, number>> = {
  [Op.Add]: codes.FOLD_ADD,
  [Op.Mul]: codes.FOLD_MUL,
  [Op.Min]: codes.FOLD_MIN,
  [Op.Max]: codes.FOLD_MAX,
}

const foldBody: MakeBody = (writing, step) => {
  const loops = bodyLoops(step)
  if (runsAlongRows(loops)) return rowsBody(writing, step, loops)
  const sources = writeSources(writing, loops)
  const { type } = step.operands[0].tensor
  const terms = writeTerms(writing, step, loops)
  return {
    bytesPerLane: isLong(type) ? 16 : 8,
    work: terms.terms,
    rows: rowsIn(loops),
    fields: (block) => ({
      kind: codes.FOLD,
      mode: LANES_OF(type) * 4 + FOLDS[step.mode]!,
      sources,
      ...terms,
      spare: writing.scratch.reserve(block * (isLong(type) ? 8 : 4)),
      start: laneBits(type, foldStart(step.mode, type)),
    }),
  }
}

const LOWEST: Readonly<Record<ElementType, bigint>> = [0xff800000n, 0x80n, 0n, 0x80000000n, 1n << 63n, 0n]
const HIGHEST: Readonly<Record<ElementType, bigint>> = [
  0x7f800000n,
  0x7fn,
  0xffn,
  0x7fffffffn,
  (1n << 63n) - 1n,
  1n,
]

/** The bytes of the element that a fold starts from. */
function foldStart(mode: number, type: ElementType): bigint {
  if (mode === Op.Max) return LOWEST[type]
  if (mode === Op.Min) return HIGHEST[type]
  if (mode === Op.Add) return 0n
  return type === ElementType.Float32 ? 0x3f800000n : 1n
}

const dotBody: MakeBody = (writing, step) => {
  const loops = bodyLoops(step)
  if (step.operands[0].tensor.type === ElementType.Float32 && runsAlongRows(loops)) {
    return rowsBody(writing, step, loops)
  }
  const sources = writeSources(writing, loops)
  const { type } = step.operands[0].tensor
  const bytes = widthOf(type) === 1
  const laneBytes = isLong(type) ? 8 : 4
  const terms = writeTerms(writing, step, loops)
  return {
    bytesPerLane: laneBytes * 3,
    work: terms.terms * 2,
    rows: rowsIn(loops),
    fields: (block) => ({
      kind: bytes ? codes.DOT_BYTES : codes.DOT,
      mode: LANES_OF(type),
      sources,
      ...terms,
      // Zero points lie behind the lanes that they are subtracted from.
      spare: writing.scratch.reserve(block * laneBytes * (bytes ? 2 : 1)),
      other: writing.scratch.reserve(block * laneBytes * (bytes ? 2 : 1)),
    }),
  }
}

/** Rows that are taken at once, each with an address. */
const ROWS = 8

/** The body for terms that are neighbours in memory: see `assembly/rows.ts`. */
function rowsBody(writing: Writing, step: Step, loops: BodyLoops): BodyPlan {
  const { reduction, operands } = loops
  const run = reduction[reduction.length - 1]
  const before = loops.domain.length + reduction.length - 1
  const outer = {
    ...loops,
    reduction: reduction.slice(0, -1),
    operands: operands.map((operand) => overDomain(operand, before)),
  }
  const { type } = step.operands[0].tensor
  const isFold = step.body === Body.Fold
  return {
    bytesPerLane: 12,
    work: product(reduction),
    rows: [],
    fields: (block) => ({
      kind: isFold ? codes.FOLD_ROWS : codes.DOT_ROWS,
      mode: isFold ? LANES_OF(type) * 4 + FOLDS[step.mode]! : 0,
      sources: writeSources(writing, outer),
      ...writeTerms(writing, step, outer),
      run: run * 4,
      spare: writing.scratch.reserve((block + ROWS) * 4),
      other: writing.scratch.reserve((block + ROWS) * 4),
      start: isFold ? laneBits(type, foldStart(step.mode, type)) : 0n,
    }),
  }
}

/** Flags of `assembly/rank.ts` beside those of the step. */
const FLOAT_KEYS = 4
const SHARED_KEYS = 8

const rankBody: MakeBody = (writing, step) => {
  const { domain, reduction, operands } = bodyLoops(step)
  const [operand] = operands
  const last = domain.length - 1
  const shared = [operand.affine, ...operand.lookups.map((lookup) => lookup.affine)].every(
    ({ strides, guards }) =>
      strides[last] === 0 && guards.every(({ coefficients }) => coefficients[last] === 0),
  )
  const terms = product(step.reduction)
  const rows = shared ? [...domain.slice(0, last), 1] : domain
  const sizes = [...rows, ...reduction]
  const type = operand.access.tensor.type
  const source = writeSource(writing, operand, sizes, sizes.length)
  const { scratch } = writing
  return {
    bytesPerLane: 8,
    work: Math.max(4, (terms * (2 + Math.log2(terms + 1))) / (shared ? domain[last] : 1)),
    rows: [],
    fields: () => ({
      kind: codes.RANK,
      mode: step.mode | (type === ElementType.Float32 ? FLOAT_KEYS : 0) | (shared ? SHARED_KEYS : 0),
      sources: [source],
      sizes: domain[last],
      terms,
      spare: scratch.reserve(8 * terms),
      other: scratch.reserve(8 * Math.max(terms, domain[last])),
    }),
  }
}

const BODIES: Readonly<Record<Body, MakeBody>> = {
  [Body.Read]: readBody,
  [Body.Dot]: dotBody,
  [Body.Fold]: foldBody,
  [Body.Rank]: rankBody,
}

/** A Read without an epilogue: bytes go to the output as they are. */
function writeMove(writing: Writing, step: Step): number {
  const { domain, operands } = bodyLoops({ ...step, reduction: [] })
  const { type } = step.output
  const sources = operands.map((operand) =>
    writeSource(writing, operand, domain, domain.length, moveKindOf(type)),
  )
  const gaps = operands.every(({ affine, lookups }) => affine.guards.length + lookups.length > 0)
  return writePlan(writing, {
    ...unitsOf(step.output.length, sources.length),
    kind: codes.MOVE,
    output: writing.addressOf(step.output),
    store: widthOf(type),
    mode: sources.length,
    sources,
    terms: Number(gaps),
  })
}
