import type { PlanFields } from "./step-plan.ts"

/** Work below which it does not pay to wake other threads, and work of a unit, in lanes and operations on them. */
const SMALL_WORK = 20_000
const UNIT_WORK = 60_000

/** Units of elements, each a multiple of `block`. */
export function unitsOf(
  length: number,
  workPerElement: number,
  block = 64,
): Pick<PlanFields, "length" | "unit" | "units" | "alone"> {
  const unit = Math.max(1, Math.floor(UNIT_WORK / workPerElement / block)) * block
  return { length, unit, units: Math.ceil(length / unit), alone: length * workPerElement < SMALL_WORK }
}
