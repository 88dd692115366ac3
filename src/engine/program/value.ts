import type { Body, ElementType, Guard, Instruction, Lookup, Tensor } from "../../protocol/program.ts"
import { widthOf } from "../../protocol/program.ts"
import { requireShape } from "./limits.ts"
import type { Layout } from "./view.ts"

/** The elements of a constant, as committed. It becomes a tensor of Weights once a step reads it. */
export class Storage {
  readonly type: ElementType
  readonly bytes: Uint8Array

  constructor(type: ElementType, bytes: Uint8Array) {
    this.type = type
    this.bytes = bytes
  }

  get length(): number {
    return this.bytes.length / widthOf(this.type)
  }
}

/** Where elements lie. */
export type Source = Tensor | Storage

/** A condition on the coordinates of an element: `0 <= offset + sum(coefficients[axis] * index[axis]) < size`. */
export type AxisGuard = Guard

/** A coordinate that is read from another value at the same element. */
export interface AxisLookup {
  readonly coordinate: Reader
  readonly stride: number
  readonly size: number
}

/** A read by the axes of a value: `layout` has an axis for each of them, of the same size. */
export interface Reader {
  readonly source: Source
  readonly layout: Layout
  readonly guards: readonly AxisGuard[]
  readonly lookups: readonly AxisLookup[]
}

/** An access whose source may be a constant that is not placed yet. */
export interface LoopAccess {
  readonly source: Source
  readonly base: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
  readonly lookups: readonly Lookup[]
}

/** A read whose loops are still open: the first candidate that is not on padding. */
export interface ReadCore {
  readonly body: typeof Body.Read
  readonly candidates: readonly Reader[]
}

/** A reduction with its loops. */
export interface LoopCore {
  readonly body: typeof Body.Dot | typeof Body.Fold | typeof Body.Rank
  readonly mode: number
  /** Sizes; loops of size 1 are left out. */
  readonly domain: readonly number[]
  readonly reduction: readonly number[]
  /** For every axis of the value the loops of the domain that it consists of, most significant first. */
  readonly axes: readonly (readonly number[])[]
  /** Operands of the body, then those that only lookups use. */
  readonly operands: readonly LoopAccess[]
}

/** A value that no step computes yet: what follows may still become part of the same step. */
export interface Pending {
  readonly core: ReadCore | LoopCore
  /** Type of register 0. */
  readonly type: ElementType
  /** `Load` names an entry of `loads`. */
  readonly instructions: readonly Instruction[]
  readonly loads: readonly Reader[]
}

/** A value that lies in storage. */
export interface Stored {
  readonly source: Source
  readonly layout: Layout
}

/** A value of the graph: a tensor with a shape, stored or still to be computed. */
export class Value {
  readonly type: ElementType
  readonly shape: readonly number[]
  state: Stored | Pending
  /** How many nodes read it, and one more if the graph returns it: only a single use is fused. */
  uses = 1
  /** The graph input that it is, if any. */
  input: string | undefined
  /** What the node that made it read. */
  madeFrom: ReadonlySet<Value> = new Set()
  /** The graph output that it is, if any. */
  output: string | undefined

  /** @throws OnusError `TensorSizeUnsupported`. */
  constructor(type: ElementType, shape: readonly number[], state: Stored | Pending) {
    requireShape(shape)
    this.type = type
    this.shape = shape
    this.state = state
  }
}

export const isStored = (state: Stored | Pending): state is Stored => "source" in state

export const isConstant = ({ state }: Value): boolean => isStored(state) && state.source instanceof Storage
