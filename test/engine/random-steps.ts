import {
  type Access,
  Body,
  ElementType,
  type Guard,
  type Lookup,
  Op,
  RankMode,
  Space,
  type Step,
  type Tensor,
  widthOf,
} from "../../src/protocol/program.ts"
import type { Random } from "../referee/float32-cases.ts"
import { between, onceIn, pick } from "./program/words.ts"
import {
  type ElementBits,
  INTEGERS,
  TYPES,
  coordinates,
  elementBytes,
  hostileElements,
  repeatedElements,
} from "./random-elements.ts"
import { randomEpilogue } from "./random-epilogue.ts"

/** A step with what it reads. */
export interface RandomStep {
  /** Its operands are tensors of Input, numbered from 0; its output is tensor 0 of Output. */
  readonly step: Step
  /** The bytes of those tensors, by id. */
  readonly inputs: readonly Uint8Array[]
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i))
const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

/** Builds one step: loops first, then accesses that stay inside of their tensors whatever the data are. */
export class StepMaker {
  readonly random: Random
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly operands: Access[] = []
  readonly #inputs: { type: ElementType; length: number; source: ElementBits }[] = []

  constructor(random: Random, domain: readonly number[], reduction: readonly number[]) {
    this.random = random
    this.domain = domain
    this.reduction = reduction
  }

  /** Adds an operand with guards and lookups by chance; returns its number. */
  operand(type: ElementType, source = hostileElements(this.random, type), padding = 3): number {
    const number = this.operands.length
    this.operands.push(this.#access(type, source, { padding, lookups: 0 }))
    return number
  }

  /**
   * Gives some operands coordinates that are data. To be called last: the operands with those coordinates
   * come behind all others.
   */
  lookUp(numbers: readonly number[]): void {
    for (const number of numbers) {
      const { type, id } = this.operands[number].tensor
      const lookups = between(this.random, 1, 2)
      this.operands[number] = this.#access(type, this.#inputs[id].source, { padding: 4, lookups }, id)
    }
  }

  finish(type: ElementType, body: Body, mode: number, epilogue: Step["epilogue"]): RandomStep {
    const output: Tensor = { space: Space.Output, type, id: 0, firstLeaf: 0, length: product(this.domain) }
    const leaves = this.#inputs.map((input) => Math.ceil((input.length * widthOf(input.type)) / 1024))
    const firstLeaf = (id: number): number => leaves.slice(0, id).reduce((sum, count) => sum + count, 0)
    const operands = this.operands.map((access) => {
      const { tensor } = access
      return { ...access, tensor: { ...tensor, firstLeaf: firstLeaf(tensor.id) } }
    })
    const { domain, reduction } = this
    return {
      step: { output, domain, reduction, body, mode, operands, epilogue },
      inputs: this.#inputs.map((input) => elementBytes(input.type, input.length, input.source)),
    }
  }

  /** Axes with coordinates that are affine in the loop indices or data, over a tensor that is row-major. */
  #access(
    type: ElementType,
    source: ElementBits,
    { padding, lookups: count }: { padding: number; lookups: number },
    id = this.#inputs.length,
  ): Access {
    const { random } = this
    const loops = [...this.domain, ...this.reduction]
    const strides = loops.map(() => 0)
    const guards: Guard[] = []
    const lookups: Lookup[] = []
    let length = onceIn(random, 12) ? between(random, 200, 700) : 1
    let base = onceIn(random, 3) ? between(random, 0, length - 1) : 0
    const axes = listOf(between(random, 1, 3), () => loops.map(() => 0))
    // Most loops move along one axis; some move along none, some along two.
    for (let loop = 0; loop < loops.length; loop++) {
      if (!onceIn(random, 6)) pick(random, axes)[loop] = pick(random, [1, 1, 1, 2, -1])
      if (onceIn(random, 10)) pick(random, axes)[loop] = 1
    }
    const span = Math.max(1, length)
    length = 1
    for (const coefficients of axes) {
      const reach = coefficients.map((coefficient, i) => coefficient * (loops[i] - 1))
      const low = reach.reduce((sum, by) => sum + Math.min(by, 0), 0)
      const all = reach.reduce((sum, by) => sum + Math.abs(by), 1)
      const padded = onceIn(random, padding)
      const size = padded ? between(random, 1, all) : all
      const offset = -low - (padded ? between(random, 0, all - size + 1) : 0)
      if (padded || onceIn(random, 20)) guards.push({ coefficients, offset, size })
      const back = onceIn(random, 6)
      const stride = length * (back ? -1 : 1)
      base += stride * offset + (back ? (size - 1) * length : 0)
      coefficients.forEach((coefficient, i) => (strides[i] += coefficient * stride))
      length *= size
    }
    for (let i = 0; i < count; i++) {
      const size = between(random, 1, 6)
      const back = onceIn(random, 4)
      lookups.push({ operand: this.#coordinate(size), stride: length * (back ? -1 : 1), size })
      if (back) base += (size - 1) * length
      length *= size
    }
    // A condition that has nothing to do with the axes, such as a mask.
    if (onceIn(random, 3 * padding)) guards.push(this.#mask(loops))
    length += span - 1
    this.#inputs[id] = { type, length, source }
    return { tensor: { space: Space.Input, type, id, firstLeaf: 0, length }, base, strides, guards, lookups }
  }

  #coordinate(size: number): number {
    const type = pick(this.random, [...INTEGERS, Int64])
    return this.operand(type, coordinates(this.random, type, size), 8)
  }

  #mask(loops: readonly number[]): Guard {
    const coefficients = loops.map(() => pick(this.random, [0, 0, 1, -1, 2]))
    return { coefficients, offset: between(this.random, -1, 4), size: between(this.random, 2, 8) }
  }
}

/** Sizes whose product is from 1 to `most`. */
function sizes(random: Random, ranks: readonly number[], most: number): number[] {
  const list: number[] = []
  for (let rank = pick(random, ranks); list.length < rank;) {
    const room = Math.floor(most / product(list))
    list.push(between(random, 1, Math.max(1, Math.min(room, pick(random, [2, 4, 9])))))
  }
  return list
}

type Start = (maker: StepMaker) => { body: Body; mode: number; type: ElementType; readers: number }

const read: Start = (maker) => {
  const type = pick(maker.random, TYPES)
  const mode = pick(maker.random, [1, 1, 2, 3, 4])
  for (let i = 0; i < mode; i++) maker.operand(type, undefined, mode === 1 ? 6 : 2)
  return { body: Body.Read, mode, type, readers: mode }
}

const dotOf = (types: readonly ElementType[]): Start => {
  return (maker) => {
    const type = pick(maker.random, types)
    maker.operand(type)
    maker.operand(type)
    return { body: Body.Dot, mode: 0, type, readers: 2 }
  }
}

const byteDot: Start = (maker) => {
  const types = [0, 1].map(() => pick(maker.random, [Int8, Uint8]))
  for (const type of [...types, ...types]) maker.operand(type)
  return { body: Body.Dot, mode: 0, type: Int32, readers: 4 }
}

const fold: Start = (maker) => {
  const mode = pick(maker.random, [Op.Add, Op.Mul, Op.Min, Op.Max])
  const types = mode === Op.Add || mode === Op.Mul ? TYPES.filter((type) => type !== Bool) : TYPES
  const type = pick(maker.random, [Float32, ...types])
  maker.operand(type)
  return { body: Body.Fold, mode, type, readers: 1 }
}

const rank: Start = (maker) => {
  const key = pick(maker.random, [Float32, ...TYPES])
  const source = onceIn(maker.random, 3) ? undefined : repeatedElements(maker.random, key)
  maker.operand(key, source, 6)
  const mode =
    pick(maker.random, [RankMode.Largest, RankMode.Smallest]) | pick(maker.random, [0, RankMode.LastIndex])
  return { body: Body.Rank, mode, type: Int64, readers: 1 }
}

/** Kinds of steps, by body and type. A Move is a Read without an epilogue. */
export const KINDS = {
  Move: read,
  Read: read,
  "Dot of Float32": dotOf([Float32]),
  "Dot of integers": dotOf([Int32, Int64]),
  "Dot of 8 bits": byteDot,
  Fold: fold,
  Rank: rank,
} as const satisfies Record<string, Start>
export type Kind = keyof typeof KINDS

/**
 * A random valid step of one kind, over all types, guards, lookups and scalar operations, with hostile data.
 * At most 70 elements of at most 24 terms.
 */
export function randomStep(random: Random, kind: Kind): RandomStep {
  const isRead = KINDS[kind] === read
  const reduction = isRead && onceIn(random, 2) ? [] : sizes(random, [0, 1, 1, 2, 3], 24)
  const outer = sizes(random, [0, 1, 2, 3, 4], kind === "Rank" ? 8 : 40)
  const ranks = between(random, 1, Math.min(7, product(reduction) + 1))
  const maker = new StepMaker(random, kind === "Rank" ? [...outer, ranks] : outer, reduction)
  const { body, mode, type, readers } = KINDS[kind](maker)
  const count = kind === "Move" || onceIn(random, 3) ? 0 : between(random, 1, 6)
  const epilogue = randomEpilogue(maker, type, count)
  const result = epilogue.types[epilogue.types.length - 1]
  const candidates = listOf(maker.operands.length, (i) => i)
  maker.lookUp(candidates.filter((i) => onceIn(random, i < readers ? 4 : 3)))
  return maker.finish(result, body, mode, epilogue.instructions)
}
