import { type ElementType, Op } from "../../src/protocol/program.ts"
import { type CallBatch, bytesOf, later } from "../helpers/call-batch.ts"

/** Operations per call: what they need in memory has its price. */
const PER_CALL = 1000

/** The scalar operations of the contracts, in bulk. Operands and results are packed elements. */
export class ScalarJudge {
  readonly #batch: CallBatch

  constructor(batch: CallBatch) {
    this.#batch = batch
  }

  /** @param pairs the operands of one operation after those of the other, `width` bytes each. */
  binary(op: Op, type: ElementType, pairs: Uint8Array, width: number): Promise<Uint8Array> {
    return this.#inParts(pairs, 2 * width, "binary", op, type)
  }

  unary(op: Op, type: ElementType, operands: Uint8Array, width = 4): Promise<Uint8Array> {
    return this.#inParts(operands, width, "unary", op, type)
  }

  cast(from: ElementType, to: ElementType, operands: Uint8Array, width: number): Promise<Uint8Array> {
    return this.#inParts(operands, width, "cast", from, to)
  }

  /** The gas of one operation on registers. */
  async gas(op: Op, type: ElementType, operands: readonly bigint[]): Promise<number> {
    const name = operands.length === 1 ? "measureUnary" : "measureBinary"
    const [, used] = await this.#batch.call(name, [op, type, ...operands])
    return Number(used)
  }

  #inParts(operands: Uint8Array, size: number, name: string, ...kind: number[]): Promise<Uint8Array> {
    const parts: Promise<readonly unknown[]>[] = []
    for (let at = 0; at < operands.length; at += size * PER_CALL) {
      parts.push(this.#batch.call(name, [...kind, operands.slice(at, at + size * PER_CALL)]))
    }
    return later(Promise.all(parts).then((results) => joined(results.map(([bytes]) => bytes as string))))
  }
}

const joined = (parts: readonly string[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => bytesOf(part))))
