import { ElementType } from "../../protocol/program.ts"
import { collapsed, isPadding } from "./affine.ts"
import type { BodyPlan } from "./body-plan.ts"
import { FOLD_WINDOWS } from "./codes.ts"
import { type DotLoop, countOf } from "./dot-shape.ts"
import type { BodyLoops } from "./operand.ts"
import { visitTaps } from "./pointer-table.ts"
import type { Writing } from "./source.ts"
import type { PlanFields } from "./step-plan.ts"

/** Elements of a run: fewer do not fill a vector, and with more it matters little what it takes to get to a run. */
const [LEAST, MOST] = [4, 256]

/** Bytes of the terms of a run that stay in a near cache: lanes go over all of them, again and again. */
const NEAR_BYTES = 64 * 1024

/** More pointers than this take more memory than they are worth. */
const MAX_POINTERS = 2 ** 20

/** The body of a fold over windows of short runs: see `assembly/windows.ts`; `undefined` if it is none. */
export function windowsBody(
  { image, addressOf }: Writing,
  { domain, reduction, operands }: BodyLoops,
  { mode, start }: Required<Pick<PlanFields, "mode" | "start">>,
): BodyPlan | undefined {
  const [{ access, affine: given, lookups }] = operands
  const { tensor } = access
  if (tensor.type !== ElementType.Float32 && tensor.type !== ElementType.Int32) return undefined
  if (lookups.length > 0 || isPadding(given)) return undefined
  const sizes = [...domain, ...reduction]
  const nest = collapsed({ sizes, rows: [given] }, 0, domain.length, false)
  const [affine] = nest.rows
  const last = nest.to - 1
  const run = nest.sizes[last] ?? 0
  if (nest.to === 0 || run < LEAST || run > MOST || affine.strides[last] !== 1) return undefined
  if (affine.guards.some(({ coefficients }) => coefficients[last] !== 0)) return undefined
  const loops = nest.sizes.map((size, index): DotLoop => {
    return { size, left: affine.strides[index], right: 0, out: 0, index }
  })
  const [rows, terms] = [loops.slice(0, last), loops.slice(nest.to)]
  const count = countOf(rows) * countOf(terms)
  if (count > MAX_POINTERS || countOf(terms) * run * 4 > NEAR_BYTES) return undefined

  const pointers = (): Uint32Array => {
    const first = addressOf(tensor)
    const padding = affine.guards.length === 0 ? 0 : image.words(new Array<number>(run).fill(Number(start)))
    const table = new Uint32Array(count)
    let at = 0
    visitTaps({ access, affine }, rows, terms, [0, run - 1], (position) => {
      table[at++] = position < 0 ? padding : first + position * 4
    })
    return table
  }
  return {
    bytesPerLane: 4,
    work: countOf(terms),
    rows: [run],
    fields: () => ({
      kind: FOLD_WINDOWS,
      mode,
      start,
      run,
      terms: countOf(terms),
      product: image.words(pointers()),
    }),
  }
}
