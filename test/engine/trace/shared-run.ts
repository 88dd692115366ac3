import { Execution, type Values } from "../../../src/engine/executor.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { type RunTrees, tensorsOf } from "../../../src/engine/trace/commitment.ts"
import type { TraceSource } from "../../../src/engine/trace/source.ts"
import { Space, type Tensor, widthOf } from "../../../src/protocol/program.ts"
import { GraphWriter } from "../../../bench/networks/graph.ts"
import { seeded } from "../../referee/float32-cases.ts"

/** A program whose outputs are not made in their own order, with tensors of many chunks and of less than one. */
export function manyTensors(): Program {
  const g = new GraphWriter(11)
  const [x, y] = [g.input("x", "float32", [30, 40]), g.input("y", "int8", [7])]
  const product = g.node("MatMul", [x, g.weights([40, 33], 0.2)])
  const soft = g.node("Softmax", [product], { axis: -1 })
  const late = g.node("Add", [g.node("Exp", [soft]), product])
  const wide = g.node("Tile", [x, g.int64s([5, 3])])
  return lower(
    g.graph("many", [late, g.node("ReduceSum", [late], { keepdims: 0 }), wide, g.node("Neg", [y]), soft]),
  )
}

/** Random inputs, float32 and int8. */
export function randomInputs(program: Program, seed: number): Record<string, Values> {
  const random = seeded(seed)
  const inputs: Record<string, Values> = {}
  for (const { name, tensor } of program.inputs) {
    inputs[name] =
      widthOf(tensor.type) === 1
        ? Int8Array.from({ length: tensor.length }, random)
        : Float32Array.from({ length: tensor.length }, () => random() / 2 ** 31 - 1)
  }
  return inputs
}

/** A finished run, and the same once more in shared memory, where its tensors appear one by one. */
export class SharedRun {
  readonly execution: Execution
  readonly source: TraceSource
  readonly #bytes: Uint8Array
  readonly #tensors: readonly Tensor[]

  constructor(program: Program, seed: number) {
    this.execution = interpret(program, randomInputs(program, seed))
    this.#tensors = [
      ...program.inputs.map(({ tensor }) => tensor),
      ...program.steps.map(({ output }) => output),
    ]
    let end = 0
    const offsets = new Map<string, number>()
    const key = ({ space, id }: Tensor) => `${space}/${id}`
    for (const tensor of this.#tensors) {
      offsets.set(key(tensor), end)
      end += Math.ceil((tensor.length * widthOf(tensor.type)) / 16) * 16
    }
    const buffer = new SharedArrayBuffer(end)
    this.#bytes = new Uint8Array(buffer).fill(0xee)
    const progress = new Int32Array(new SharedArrayBuffer(4)).fill(-program.inputs.length)
    this.source = { program, buffer, progress, offsetOf: (tensor) => offsets.get(key(tensor))! }
  }

  /** Makes progress up to that number of steps; negative numbers are inputs that are missing. */
  proceed(to = this.source.program.steps.length): void {
    const { program, progress, offsetOf } = this.source
    while (progress[0] < to) {
      const tensor = this.#tensors[progress[0] + program.inputs.length]
      this.#bytes.set(this.execution.bytes(tensor), offsetOf(tensor))
      Atomics.add(progress, 0, 1)
    }
  }

  /** The run as an engine returns it that has kept its tensors and hashed them meanwhile. */
  hashed(trees: RunTrees): Execution {
    const { program } = this.source
    const tensors = Object.values(Space).map((space) =>
      tensorsOf(program, space).map((tensor) => this.execution.bytes(tensor)),
    )
    return new Execution(program, tensors as never, trees)
  }
}
