import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { treeBytes } from "../../protocol/tree-builder.ts"
import { type Program, totalLeaves } from "../program/program.ts"
import { type RunSpace, tensorsOf } from "./commitment.ts"
import type { PlacedTensor, TraceJob, TreeJob } from "./follow.ts"
import type { TraceSource } from "./source.ts"

const SPACES: readonly RunSpace[] = [Space.Input, Space.Trace, Space.Output]

/** What hashing threads do for a run. */
export function jobOf({ program, buffer, offsetOf, progress }: TraceSource): TraceJob {
  const placed = (tensor: Tensor, after: number): PlacedTensor => {
    const { id, firstLeaf } = tensor
    const bytes = tensor.length * widthOf(tensor.type)
    return { space: tensor.space as RunSpace, id, firstLeaf, offset: offsetOf(tensor), bytes, after }
  }
  const { inputs, steps } = program
  const tensors = [
    ...inputs.map(({ tensor }, i) => placed(tensor, i + 1 - inputs.length)),
    ...steps.map(({ output }, i) => placed(output, i + 1)),
  ]
  return {
    buffer,
    progress,
    ended: words(1),
    trees: SPACES.map((space) => treeJob(program, space)),
    tensors,
    taken: words(tensors.length),
  }
}

const words = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count))

function treeJob(program: Program, space: RunSpace): TreeJob {
  const leafCount = totalLeaves(tensorsOf(program, space))
  return { space, leafCount, memory: new Uint8Array(new SharedArrayBuffer(treeBytes(leafCount))) }
}
