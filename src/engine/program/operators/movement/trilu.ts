import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { read } from "./readers.ts"

/** Trilu: the elements of the last two axes on one side of the diagonal `k` and on it, zero elsewhere. */
export function lowerTrilu(node: NodeContext): Value[] {
  const x = node.input(0)
  const rank = x.shape.length
  if (rank < 2) node.fail(`the shape [${x.shape}] is not of matrices`)
  const [given, ...more] = node.optionalInts(1) ?? [0]
  if (given === undefined || more.length > 0) node.fail("k is not one number")
  const [rows, columns] = x.shape.slice(-2)
  const k = Math.max(-rows, Math.min(columns, given))
  const sign = node.int("upper", 1) !== 0 ? 1 : -1
  const coefficients = [...new Array<number>(rank - 2).fill(0), -sign, sign]
  const guard = { coefficients, offset: -sign * k, size: 2 * (rows + columns) }
  return [read(node.builder, x.shape, [x], ([one]) => [{ ...node.builder.reader(one), guards: [guard] }])]
}
