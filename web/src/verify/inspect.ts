import { primitiveOf } from "../../../src/engine/audit/primitive.ts"
import { tensorName } from "../../../src/engine/audit/explain.ts"
import { TYPE_NAMES } from "../../../src/engine/executor.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { stepCosts } from "../../../src/engine/program/provable.ts"
import type { Port } from "../../../src/engine/program/program.ts"
import { widthOf } from "../../../src/protocol/program.ts"

/** One step of a program, and what it takes at most to prove a number of it wrong. */
export interface InspectedStep {
  readonly step: number
  readonly primitive: string
  readonly tensor: string
  readonly elements: number
  readonly gas: number
  readonly bytes: number
  /** How many transactions that needs; undefined if none would do. */
  readonly transactions: number | undefined
}

/** What a model's file holds. */
export interface Inspected {
  readonly modelId: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly weightBytes: number
  readonly traceBytes: number
  readonly steps: readonly InspectedStep[]
}

/** Compiles a model's file, and bounds what a proof about it takes. */
export function inspect({ model }: { readonly model: Uint8Array }): Inspected {
  const program = lower(loadOnnx(model))
  const bytes = (tensors: readonly Port["tensor"][]): number =>
    tensors.reduce((sum, { length, type }) => sum + length * widthOf(type), 0)
  const costs = stepCosts(program)
  return {
    modelId: program.modelId,
    inputs: program.inputs.map(describe),
    outputs: program.outputs.map(describe),
    weightBytes: bytes(program.constants.map(({ tensor }) => tensor)),
    traceBytes: bytes(program.traceTensors),
    steps: program.steps.map((step, number) => ({
      ...costs[number],
      primitive: primitiveOf(step),
      tensor: tensorName(program, step.output),
      elements: step.output.length,
    })),
  }
}

const describe = ({ name, shape, tensor }: Port): string =>
  `${name}: ${TYPE_NAMES[tensor.type]} [${shape.join(", ")}]`
