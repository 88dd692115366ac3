import { AbiCoder, ParamType, getBytes } from "ethers"

/** Which commitment a tensor lives under. The numbers are those of `contracts/types/Program.sol`. */
export const Space = { Input: 0, Weights: 1, Trace: 2, Output: 3 } as const
export type Space = (typeof Space)[keyof typeof Space]

/** A float32 tensor: a flat array in one of the four trees. */
export interface Tensor {
  readonly space: Space
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

/** An affine read: element `base + sum(strides[i] * index[i])`; padding when a guard does not hold. */
export interface Access {
  readonly tensor: Tensor
  readonly base: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
}

/** How an element starts; see `docs/semantics.md` 3. */
export const Body = { Read: 0, Dot: 1, Max: 2, Sum: 3 } as const
export type Body = (typeof Body)[keyof typeof Body]

/** A scalar operation on the accumulator. */
export const Op = { Add: 0, Sub: 1, Mul: 2, Div: 3, Max: 4, Exp: 5 } as const
export type Op = (typeof Op)[keyof typeof Op]

/** Where the right-hand side of a scalar operation comes from. */
export const Source = { None: 0, Operand: 1, Immediate: 2 } as const
export type Source = (typeof Source)[keyof typeof Source]

/** `acc = op(acc, rhs)`; `value` is an operand index or a binary32 bit pattern. */
export interface Instruction {
  readonly op: Op
  readonly source: Source
  readonly value: number
}

/** One descriptor: how every element of one tensor is computed. */
export interface Step {
  readonly output: Tensor
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  readonly body: Body
  readonly operands: readonly Access[]
  readonly epilogue: readonly Instruction[]
}

const TENSOR = "tuple(uint8 space, uint32 id, uint32 firstLeaf, uint32 length)"
const GUARD = "tuple(int64[] coefficients, int64 offset, int64 size)"
const ACCESS = `tuple(${TENSOR} tensor, int64 base, int64[] strides, ${GUARD}[] guards)`
const INSTRUCTION = "tuple(uint8 op, uint8 source, uint32 value)"
const STEP = ParamType.from(
  `tuple(${TENSOR} output, uint32[] domain, uint32[] reduction, uint8 body, ${ACCESS}[] operands, ${INSTRUCTION}[] epilogue)`,
)

/** The bytes of a descriptor: `abi.encode(Step)`. */
export function encodeStep(step: Step): Uint8Array {
  return getBytes(AbiCoder.defaultAbiCoder().encode([STEP], [step]))
}
