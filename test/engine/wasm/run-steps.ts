import { type Inputs, type Values, valuesOf } from "../../../src/engine/executor.ts"
import { type Constant, type Port, type Program, leavesOf } from "../../../src/engine/program/program.ts"
import { runStep } from "../../../src/engine/reference/evaluate.ts"
import { Engine, type EngineOptions, type Trace } from "../../../src/engine/wasm/engine.ts"
import { Space, type Tensor } from "../../../src/protocol/program.ts"
import type { RandomStep } from "../random-steps.ts"

/** Steps that do not depend on each other as one program. */
export function programOf(steps: readonly RandomStep[]): { program: Program; inputs: Inputs } {
  const ports: Port[] = []
  const constants: Constant[] = []
  const values: Record<string, Values> = {}
  const outputs: Port[] = []
  const leaves = { [Space.Input]: 0, [Space.Weights]: 0, [Space.Trace]: 0, [Space.Output]: 0 }
  const numbered = (tensor: Tensor, id: number): Tensor => {
    const own = { ...tensor, id, firstLeaf: leaves[tensor.space] }
    leaves[tensor.space] += leavesOf(own)
    return own
  }
  const renumbered = steps.map(({ step, inputs }) => {
    const known = new Map<number, Tensor>()
    const place = (tensor: Tensor): Tensor => {
      const placed = known.get(tensor.id)
      if (placed) return placed
      const isConstant = tensor.space === Space.Weights
      const id = isConstant ? constants.length : ports.length
      const own = numbered(tensor, id)
      known.set(tensor.id, own)
      if (isConstant) constants.push({ tensor: own, data: shifted(inputs[tensor.id], id % 2) })
      else {
        ports.push({ name: `x${id}`, shape: [tensor.length], tensor: own })
        values[`x${id}`] = valuesOf(tensor.type, inputs[tensor.id])
      }
      return own
    }
    const output = numbered(step.output, outputs.length)
    outputs.push({ name: `y${output.id}`, shape: [output.length], tensor: output })
    return {
      ...step,
      output,
      operands: step.operands.map((access) => ({ ...access, tensor: place(access.tensor) })),
    }
  })
  const program = { steps: renumbered, inputs: ports, outputs, constants, traceTensors: [] }
  return { program: program as unknown as Program, inputs: values }
}

/** The same bytes, beginning `by` bytes into a buffer, as constants in a file do anywhere. */
function shifted(bytes: Uint8Array, by: number): Uint8Array {
  const larger = new Uint8Array(by + bytes.length)
  larger.set(bytes, by)
  return larger.subarray(by)
}

/** What the reference interpreter makes of a step. */
export const expectedOf = ({ step, inputs }: RandomStep): Uint8Array =>
  runStep(step, (tensor) => inputs[tensor.id])

/** What the engine makes of steps. */
export async function engineResults(
  steps: readonly RandomStep[],
  options: EngineOptions = {},
  trace: Trace = "none",
): Promise<Uint8Array[]> {
  const { program, inputs } = programOf(steps)
  const engine = await Engine.create(program, options)
  try {
    const execution = await engine.run(inputs, trace)
    return program.outputs.map(({ tensor }) => execution.bytes(tensor))
  } finally {
    await engine.close()
  }
}
