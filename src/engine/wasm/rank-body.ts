import { ElementType } from "../../protocol/program.ts"
import { type MakeBody, product } from "./body-plan.ts"
import * as codes from "./codes.ts"
import { bodyLoops } from "./operand.ts"
import { writeSource } from "./source.ts"

/** Flags of `assembly/rank.ts` beside those of the step. */
const FLOAT_KEYS = 4
const SHARED_KEYS = 8

/** Orders the candidates of a row once for all of its ranks, if they are the same for all. */
export const rankBody: MakeBody = (writing, step) => {
  const { domain, reduction, operands } = bodyLoops(step)
  const [operand] = operands
  const last = domain.length - 1
  const shared = [operand.affine, ...operand.lookups.map((lookup) => lookup.affine)].every(
    ({ strides, guards }) =>
      strides[last] === 0 && guards.every(({ coefficients }) => coefficients[last] === 0),
  )
  const terms = product(step.reduction)
  const rows = shared ? [...domain.slice(0, last), 1] : domain
  const sizes = [...rows, ...reduction]
  const type = operand.access.tensor.type
  const source = writeSource(writing, operand, sizes, sizes.length)
  const { scratch } = writing
  return {
    bytesPerLane: 8,
    work: Math.max(4, (terms * (2 + Math.log2(terms + 1))) / (shared ? domain[last] : 1)),
    rows: [],
    fields: () => ({
      kind: codes.RANK,
      mode: step.mode | (type === ElementType.Float32 ? FLOAT_KEYS : 0) | (shared ? SHARED_KEYS : 0),
      sources: [source],
      sizes: domain[last],
      terms,
      spare: scratch.reserve(8 * terms),
      other: scratch.reserve(8 * Math.max(terms, domain[last])),
    }),
  }
}
