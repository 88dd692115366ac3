import { type Access, ElementType, type Lookup, type Step, type Tensor } from "../../protocol/program.ts"
import { type Scalar, invalid, valuesOver, zeroOf } from "./elements.ts"

/** The bytes of a tensor's elements. */
export type Bytes = (tensor: Tensor) => Uint8Array

/** Told about every element that is read: operand number and position in its tensor. */
export type OnRead = (operand: number, position: number) => void

/** A lookup with the operand that it reads. */
type Coordinate = Lookup & { readonly source: Operand }

/** One operand of a step, read at the loop indices where the step is. */
export class Operand {
  readonly type: ElementType
  readonly #number: number
  readonly #access: Access
  readonly #values: ArrayLike<Scalar>
  readonly #index: readonly number[]
  readonly #coordinates: readonly Coordinate[]
  readonly #onRead: OnRead | undefined

  constructor(step: Step, number: number, index: readonly number[], bytes: Bytes, onRead?: OnRead) {
    const access = step.operands[number]
    const { tensor, strides, guards, lookups } = access
    if (
      [strides, ...guards.map((guard) => guard.coefficients)].some(({ length }) => length !== index.length)
    ) {
      throw invalid(`operand ${number} has not one factor for each of ${index.length} loops`)
    }
    this.type = tensor.type
    this.#number = number
    this.#access = access
    this.#values = valuesOver(tensor.type, bytes(tensor))
    this.#index = index
    this.#coordinates = lookups.map((lookup) => {
      requireCoordinate(step, lookup.operand)
      return { ...lookup, source: new Operand(step, lookup.operand, index, bytes, onRead) }
    })
    this.#onRead = onRead
  }

  /**
   * The position that the operand reads at the current indices, -1 if that is padding.
   *
   * @throws OnusError `ProgramInvalid` when it is outside of the tensor.
   */
  locate(): number {
    const { tensor, base, strides, guards } = this.#access
    for (let i = 0; i < guards.length; i++) {
      const { coefficients, offset, size } = guards[i]
      const coordinate = affine(coefficients, offset, this.#index)
      if (coordinate < 0 || coordinate >= size) return -1
    }
    let position = affine(strides, base, this.#index)
    for (let i = 0; i < this.#coordinates.length; i++) {
      const { source, stride, size } = this.#coordinates[i]
      const value = source.value()
      if (value < 0 || value >= size) return -1
      position += stride * Number(value)
    }
    if (position < 0 || position >= tensor.length) {
      throw invalid(`tensor ${tensor.id} of ${tensor.length} elements is read at ${position}`)
    }
    this.#onRead?.(this.#number, position)
    return position
  }

  /** The element at a position. */
  at(position: number): Scalar {
    const value = this.#values[position]
    return this.type === ElementType.Bool && value !== 0 ? 1 : value
  }

  /** The element at the current indices; zero on padding. */
  value(): Scalar {
    const position = this.locate()
    return position < 0 ? zeroOf(this.type) : this.at(position)
  }
}

/** Coordinates are integers and have no lookups of their own. */
function requireCoordinate({ operands }: Step, number: number): void {
  const access = operands.at(number)
  const type = access?.tensor.type
  const isInteger = type !== undefined && type !== ElementType.Float32 && type !== ElementType.Bool
  if (!isInteger || access!.lookups.length > 0) throw invalid(`operand ${number} is no coordinate`)
}

function affine(factors: readonly number[], sum: number, index: readonly number[]): number {
  for (let i = 0; i < factors.length; i++) sum += factors[i] * index[i]
  return sum
}
