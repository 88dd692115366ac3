import { Body, ElementType, type Step } from "../../protocol/program.ts"
import { bytesStages } from "./bytes-stage.ts"
import { copyStages } from "./copy-stage.ts"
import { depthwiseStages } from "./depthwise-stage.ts"
import { elementsStage } from "./elements-stage.ts"
import { gemmStages } from "./gemm-stage.ts"
import type { Stage } from "./stage.ts"

/** The stages of a step, in order; only the last one writes its output. They are cut for a number of threads. */
export function stagesOf(step: Step, threads: number): Stage[] {
  return productStages(step, threads) ?? copyStages(step) ?? [elementsStage(step)]
}

/** The stages of a Dot that kernels compute. */
function productStages(step: Step, threads: number): Stage[] | undefined {
  if (step.body !== Body.Dot) return undefined
  const { type } = step.operands[0].tensor
  if (type === ElementType.Int32 || type === ElementType.Int64) return undefined
  const products = type === ElementType.Float32 ? gemmStages : bytesStages
  return depthwiseStages(step) ?? products(step, threads)
}
