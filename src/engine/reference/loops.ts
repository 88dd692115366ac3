import type { Step } from "../../protocol/program.ts"

/** The loop indices of a step: coordinates in the domain, then reduction indices, each row-major. */
export class Loops {
  readonly index: number[]
  /** How many combinations of reduction indices there are. */
  readonly terms: number
  readonly #domain: readonly number[]
  readonly #reduction: readonly number[]

  constructor({ domain, reduction }: Step) {
    this.index = new Array<number>(domain.length + reduction.length).fill(0)
    this.terms = reduction.reduce((all, size) => all * size, 1)
    this.#domain = domain
    this.#reduction = reduction
  }

  /** The last coordinate. */
  get last(): number {
    return this.index[this.#domain.length - 1]
  }

  /** Goes to an element of the domain; the reduction indices are zero. */
  place(element: number): void {
    this.index.fill(0)
    for (let i = this.#domain.length - 1; i >= 0; i--) {
      const size = this.#domain[i]
      this.index[i] = element % size
      element = (element - this.index[i]) / size
    }
  }

  /** Goes to the next reduction indices, the last one fastest; behind the last ones they are zero again. */
  advance(): void {
    for (let i = this.#reduction.length - 1; i >= 0; i--) {
      const at = this.#domain.length + i
      if (++this.index[at] < this.#reduction[i]) return
      this.index[at] = 0
    }
  }
}
