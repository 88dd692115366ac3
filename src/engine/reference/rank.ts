import { ElementType, RankMode, type Step } from "../../protocol/program.ts"
import { type Scalar, invalid } from "./elements.ts"
import type { Loops } from "./loops.ts"
import type { Operand } from "./operands.ts"

/**
 * The index among all reduction indices of the candidate that has as many others before it as the last
 * coordinate of the element says; -1 if there are not as many.
 */
export function prepareRank(
  operand: Operand,
  { domain, mode }: Step,
  loops: Loops,
): { type: ElementType; compute: () => Scalar } {
  if (domain.length === 0 || mode > (RankMode.Smallest | RankMode.LastIndex)) {
    throw invalid(`a Rank has ${domain.length} coordinates and mode ${mode}`)
  }
  const [smallest, last] = [(mode & RankMode.Smallest) !== 0, (mode & RankMode.LastIndex) !== 0]
  const compute = (): Scalar => {
    const keys: Scalar[] = []
    for (let term = 0; term < loops.terms; term++) {
      keys.push(operand.value())
      loops.advance()
    }
    const order = keys.map((_, i) => i)
    order.sort((i, j) => compare(keys[i], keys[j], smallest) || (last ? j - i : i - j))
    return loops.last < order.length ? BigInt(order[loops.last]) : -1n
  }
  return { type: ElementType.Int64, compute }
}

/** Negative if `a` comes before `b`: NaN before all numbers, then the larger or the smaller one. */
function compare(a: Scalar, b: Scalar, smallest: boolean): number {
  const nan = Number(b !== b) - Number(a !== a)
  if (nan !== 0 || a === b || (a !== a && b !== b)) return nan
  return a < b === smallest ? -1 : 1
}
