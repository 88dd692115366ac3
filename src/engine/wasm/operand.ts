import { type Access, ElementType, type Step, bodyOperands } from "../../protocol/program.ts"
import { type Affine, collapsed, simplified, staysInside } from "./affine.ts"

/** A coordinate that is data. */
export interface Coordinate {
  readonly access: Access
  readonly affine: Affine
  readonly stride: number
  readonly limit: number
}

/** An operand with the coordinates that it looks up, all over the same loops. */
export interface Operand {
  readonly access: Access
  readonly affine: Affine
  readonly lookups: readonly Coordinate[]
}

/** Operand `number` of a step over the first loops of the step, as many as there are `sizes`, all at least 1. */
export function operandOf(step: Step, number: number, sizes: readonly number[]): Operand {
  const affineOf = ({ base, strides, guards }: Access): Affine => {
    const ofLoops = (values: readonly number[]): number[] => values.slice(0, sizes.length)
    return simplified(
      {
        base,
        strides: ofLoops(strides),
        guards: guards.map((guard) => ({ ...guard, coefficients: ofLoops(guard.coefficients) })),
      },
      sizes,
    )
  }
  const access = step.operands[number]
  const lookups = access.lookups.map(({ operand, stride, size }) => {
    const coordinate = step.operands[operand]
    return { access: coordinate, affine: affineOf(coordinate), stride, limit: size }
  })
  return { access, affine: affineOf(access), lookups }
}

/** All affine parts of an operand, its own first. */
export const rowsOf = ({ affine, lookups }: Operand): Affine[] => [
  affine,
  ...lookups.map((lookup) => lookup.affine),
]

/** The operand with other affine parts. */
export const withRows = (operand: Operand, [affine, ...rest]: readonly Affine[]): Operand => ({
  ...operand,
  affine,
  lookups: operand.lookups.map((lookup, i) => ({ ...lookup, affine: rest[i] })),
})

/** The loops of a step's body and what it reads over them. */
export interface BodyLoops {
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly operands: readonly Operand[]
}

/** The operands of the body over all loops; reduction loops that all of them move along as along one are one. */
export function bodyLoops(step: Step): BodyLoops {
  const atLeastOne = (size: number): number => Math.max(size, 1)
  const domain = step.domain.map(atLeastOne)
  const sizes = [...domain, ...step.reduction.map(atLeastOne)]
  const operands = Array.from({ length: bodyOperands(step) }, (_, i) => operandOf(step, i, sizes))
  const nest = collapsed({ sizes, rows: operands.flatMap(rowsOf) }, domain.length, sizes.length)
  let row = 0
  return {
    domain,
    reduction: nest.sizes.slice(domain.length),
    operands: operands.map((operand) => {
      const first = row
      row += 1 + operand.lookups.length
      return withRows(operand, nest.rows.slice(first, row))
    }),
  }
}

/** The operand over the first `loops` loops, where all others are at 0. */
export const overDomain = (operand: Operand, loops: number): Operand =>
  withRows(
    operand,
    rowsOf(operand).map(({ base, strides, guards }) => ({
      base,
      strides: strides.slice(0, loops),
      guards: guards.map((guard) => ({ ...guard, coefficients: guard.coefficients.slice(0, loops) })),
    })),
  )

/**
 * True if the terms of every element are neighbours in memory, while those of neighbouring elements are not: elements are
 * float32 or int32, none of them is padding or data, and all are inside of their tensors.
 */
export function runsAlongRows({ domain, reduction, operands }: BodyLoops): boolean {
  const sizes = [...domain, ...reduction]
  const inner = domain.findLastIndex((size) => size > 1)
  return operands.every(({ access, affine, lookups }) => {
    const { type, length } = access.tensor
    if (type !== ElementType.Float32 && type !== ElementType.Int32) return false
    if (reduction.length === 0 || affine.guards.length + lookups.length > 0) return false
    const along = affine.strides[inner] === 1 && domain[inner] >= 8
    return !along && affine.strides[sizes.length - 1] === 1 && staysInside(affine, sizes, length)
  })
}
