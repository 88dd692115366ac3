import { Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { treeBytes } from "../../protocol/tree-builder.ts"
import { type Program, totalLeaves } from "../program/program.ts"
import { type RunSpace, tensorsOf } from "./commitment.ts"
import type { PlacedTensor, TraceJob, TreeJob } from "./follow.ts"
import type { TraceSource } from "./source.ts"

/** Copying is much slower where source and target are not aligned alike. */
const ALIGNMENT = 64
const SPACES: readonly RunSpace[] = [Space.Input, Space.Trace, Space.Output]

/** What hashing threads do for a run. The tensors of Input and Trace are kept. */
export function jobOf({ program, buffer, offsetOf, progress }: TraceSource): TraceJob {
  let end = 0
  const placed = (tensor: Tensor, after: number): PlacedTensor => {
    const bytes = tensor.length * widthOf(tensor.type)
    const isKept = tensor.space !== Space.Output
    const copy = isKept ? end : undefined
    if (isKept) end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    const { id, firstLeaf } = tensor
    return { space: tensor.space as RunSpace, id, firstLeaf, offset: offsetOf(tensor), bytes, after, copy }
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
    kept: new SharedArrayBuffer(end),
    trees: SPACES.map((space) => treeJob(program, space)),
    tensors,
    taken: words(tensors.length),
  }
}

/** The tensors of a space that were kept, by id. */
export function keptTensors({ kept, tensors }: TraceJob, space: RunSpace): Uint8Array[] {
  const byId: Uint8Array[] = []
  for (const { id, copy, bytes, ...tensor } of tensors)
    if (copy !== undefined && tensor.space === space) byId[id] = new Uint8Array(kept, copy, bytes)
  return byId
}

const words = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count))

function treeJob(program: Program, space: RunSpace): TreeJob {
  const leafCount = totalLeaves(tensorsOf(program, space))
  return { space, leafCount, memory: new Uint8Array(new SharedArrayBuffer(treeBytes(leafCount))) }
}
