import { ElementType, type Step } from "../../protocol/program.ts"
import * as codes from "./codes.ts"
import { shapeOf } from "./epilogue.ts"
import { isLong } from "./lane-graph.ts"
import { type BodyLoops, overDomain } from "./operand.ts"
import { type Writing, writeSource } from "./source.ts"
import type { PlanFields } from "./step-plan.ts"

/** What a body adds to the plan of a step. */
export interface BodyPlan {
  readonly bytesPerLane: number
  /** Operations on lanes per element. */
  readonly work: number
  /** Lengths of the runs in which operands are read. */
  readonly rows: readonly number[]
  readonly fields: (block: number) => Omit<PlanFields, "length" | "unit" | "units" | "output">
}

export type MakeBody = (writing: Writing, step: Step) => BodyPlan

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/** Accesses of all operands of a body. */
export function writeSources(writing: Writing, { domain, reduction, operands }: BodyLoops): number[] {
  return operands.map((operand) => writeSource(writing, operand, [...domain, ...reduction], domain.length))
}

/** Lengths of the runs in which the operands of a body are read. */
export const rowsIn = ({ domain, operands }: BodyLoops): number[] =>
  operands.flatMap((operand) => shapeOf(overDomain(operand, domain.length), domain).row ?? [])

/** The loops over the terms of a fold or dot product. */
export function writeTerms({ image, scratch }: Writing, step: Step, { reduction }: BodyLoops) {
  return {
    reductions: reduction.length,
    sizes: image.words(reduction),
    terms: step.reduction.includes(0) ? 0 : product(reduction),
    indices: scratch.reserve(4 * reduction.length),
  }
}

/** In what lanes terms of a type are accumulated. */
export function accumulatorLanes(type: ElementType): number {
  if (type === ElementType.Float32) return codes.LANES_FLOAT
  return isLong(type) ? codes.LANES_LONG : codes.LANES_WORD
}
