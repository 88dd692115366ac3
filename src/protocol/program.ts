/** Which commitment a tensor lives under. The numbers are those of `contracts/types/Program.sol`. */
export const Space = { Input: 0, Weights: 1, Trace: 2, Output: 3 } as const
export type Space = (typeof Space)[keyof typeof Space]

/** What the elements of a tensor or a register are. */
export const ElementType = { Float32: 0, Int8: 1, Uint8: 2, Int32: 3, Int64: 4, Bool: 5 } as const
export type ElementType = (typeof ElementType)[keyof typeof ElementType]

const WIDTHS: Readonly<Record<ElementType, number>> = [4, 1, 1, 4, 8, 1]

/** Bytes of one element as committed. */
export const widthOf = (type: ElementType): number => WIDTHS[type]

/** A flat array in one of the four trees. */
export interface Tensor {
  readonly space: Space
  readonly type: ElementType
  /** Unique within its space. */
  readonly id: number
  /** Index of its first chunk among the leaves of its space. */
  readonly firstLeaf: number
  /** Number of elements. */
  readonly length: number
}

/** A condition on the loop indices: `0 <= offset + sum(coefficients[i] * index[i]) < size`. */
export interface Guard {
  readonly coefficients: readonly number[]
  readonly offset: number
  readonly size: number
}

/** A coordinate that is data: the value of another operand, an integer, at the same loop indices. */
export interface Lookup {
  /** Index of the operand with the coordinate; that operand has no lookups of its own. */
  readonly operand: number
  readonly stride: number
  /** Coordinates outside of `0 <= value < size` fall on padding. */
  readonly size: number
}

/**
 * A read: element `base + sum(strides[i] * index[i]) + sum(lookup.stride * value(lookup.operand))` of
 * `tensor`; padding when a guard does not hold or a coordinate is out of range.
 */
export interface Access {
  readonly tensor: Tensor
  readonly base: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
  readonly lookups: readonly Lookup[]
}

/** How an element starts; see `docs/semantics.md` 3. */
export const Body = { Read: 0, Dot: 1, Fold: 2, Rank: 3 } as const
export type Body = (typeof Body)[keyof typeof Body]

/** Flags in the mode of a Rank. */
export const RankMode = { Largest: 0, Smallest: 1, LastIndex: 2 } as const

/** A scalar operation. */
export const Op = {
  Load: 0,
  Const: 1,
  Add: 2,
  Sub: 3,
  Mul: 4,
  Div: 5,
  Rem: 6,
  Min: 7,
  Max: 8,
  Round: 9,
  Sqrt: 10,
  Exp: 11,
  Bits: 12,
  FromBits: 13,
  And: 14,
  Xor: 15,
  Shr: 16,
  Eq: 17,
  Lt: 18,
  Select: 19,
  Cast: 20,
} as const
export type Op = (typeof Op)[keyof typeof Op]

/**
 * Makes a new register from earlier ones. Unused fields are zero.
 *
 * `type` is the type of the result, but for `Eq` and `Lt`, whose result is Bool and whose operands have it.
 */
export interface Instruction {
  readonly op: Op
  readonly type: ElementType
  /** Register numbers; for `Load`, `a` is the operand that is read. */
  readonly a: number
  readonly b: number
  readonly c: number
  /** For `Const`: the bytes of the element, least significant byte first, as one integer. */
  readonly value: bigint
}

/** One descriptor: how every element of one tensor is computed. */
export interface Step {
  readonly output: Tensor
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly body: Body
  /** Read: number of candidates; Fold: the operation (Add, Mul, Min, Max); Rank: flags; Dot: 0. */
  readonly mode: number
  /** Those of the body first, then those that the epilogue loads and lookups use. */
  readonly operands: readonly Access[]
  /** Register 0 is what the body gives, register i + 1 what instruction i gives; the last is the element. */
  readonly epilogue: readonly Instruction[]
}

/** How many of a step's operands belong to its body. */
export function bodyOperands({ body, mode, operands }: Step): number {
  if (body === Body.Read) return mode
  if (body !== Body.Dot) return 1
  return widthOf(operands[0].tensor.type) === 1 ? 4 : 2
}
