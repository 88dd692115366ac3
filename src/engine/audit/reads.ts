import { Body, Op, type Step, type Tensor, bodyOperands, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES } from "../../protocol/tensor-tree.ts"
import { Loops } from "../reference/loops.ts"
import { type Bytes, Operand } from "../reference/operands.ts"

/** The chunks that are read of each operand. */
export type ChunkSets = readonly Set<number>[]

/** The chunk that holds an element. */
export const chunkOf = (tensor: Tensor, element: number): number =>
  Math.floor((element * widthOf(tensor.type)) / CHUNK_BYTES)

/** Which chunks one element reads, term by term: what a part of its proof must open. */
export class Reads {
  /** Reduction terms of the body; a Read has none. */
  readonly terms: number
  readonly #step: Step
  readonly #element: number
  readonly #loops: Loops
  readonly #operands: readonly Operand[]
  /** The term at which the loops are. */
  #term = 0
  #seen: ChunkSets

  constructor(step: Step, element: number, bytes: Bytes) {
    this.#step = step
    this.#element = element
    this.#loops = new Loops(step)
    this.terms = step.body === Body.Read ? 0 : this.#loops.terms
    this.#seen = step.operands.map(() => new Set())
    const onRead = (operand: number, position: number): void => {
      this.#seen[operand].add(chunkOf(step.operands[operand].tensor, position))
    }
    this.#operands = step.operands.map((_, i) => new Operand(step, i, this.#loops.index, bytes, onRead))
    this.#loops.place(element)
  }

  /**
   * What every part needs besides its terms: zero points, and the key of the candidate that a rank is said to be.
   *
   * @param hint -1 if no candidate has the rank.
   */
  always(hint: number): ChunkSets {
    const { body, operands } = this.#step
    if (body === Body.Dot && widthOf(operands[0].tensor.type) === 1) this.#read(0, [2, 3])
    if (body === Body.Rank && hint >= 0) this.#read(hint, [0])
    return this.#take()
  }

  /** What one term reads. Terms that are asked for in order are found at once. */
  term(term: number): ChunkSets {
    this.#read(term, this.#step.body === Body.Dot ? [0, 1] : [0])
    return this.#take()
  }

  /** What the candidates of a Read and the epilogue read. */
  rest(): ChunkSets {
    const { body, epilogue } = this.#step
    const loads = epilogue.filter(({ op }) => op === Op.Load).map(({ a }) => a)
    this.#read(0, loads)
    if (body === Body.Read) {
      for (let i = 0; i < bodyOperands(this.#step); i++) if (this.#operands[i].locate() >= 0) break
    }
    return this.#take()
  }

  #read(term: number, operands: readonly number[]): void {
    if (term < this.#term) {
      this.#loops.place(this.#element)
      this.#term = 0
    }
    for (; this.#term < term; this.#term++) this.#loops.advance()
    for (const operand of operands) this.#operands[operand].locate()
  }

  #take(): ChunkSets {
    const seen = this.#seen
    this.#seen = this.#step.operands.map(() => new Set())
    return seen
  }
}
