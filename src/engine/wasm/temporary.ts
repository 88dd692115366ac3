import { type ElementType, Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { Buffer } from "./buffer.ts"

/** A tensor that is not part of the program: what one stage of a step leaves to the next. */
export class Temporary implements Tensor {
  readonly space = Space.Trace
  readonly type: ElementType
  readonly id = -1
  readonly firstLeaf = -1
  readonly length: number
  readonly buffer: Buffer

  constructor(type: ElementType, length: number) {
    this.type = type
    this.length = length
    this.buffer = new Buffer(length * widthOf(type))
  }
}

/** Row-major strides. */
export function rowMajor(sizes: readonly number[]): number[] {
  return sizes.map((_, i) => sizes.slice(i + 1).reduce((all, size) => all * size, 1))
}
