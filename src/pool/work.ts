import { Space, type Tensor, widthOf } from "../protocol/program.ts"
import { TreeBuilder, treeBytes } from "../protocol/tree-builder.ts"
import { type Execution, type Inputs, valuesIn } from "../engine/executor.ts"
import { type Program, totalLeaves } from "../engine/program/program.ts"
import { type RunSpace, commit, inputCommitment, tensorsOf } from "../engine/trace/commitment.ts"
import type { Engine } from "../engine/wasm/engine.ts"
import type { Job, PackedTree, Reply } from "./messages.ts"

const SPACES: readonly RunSpace[] = [Space.Input, Space.Trace, Space.Output]

/** Does a job on the thread that calls. @throws OnusError as `Engine.run`. */
export async function work(engine: Engine, { id, inputs, trace, isBare }: Job): Promise<Reply> {
  const { program } = engine
  const from = performance.now()
  const values = inputsFrom(program, inputs)
  if (trace === "kept") return evidence(id, program, await engine.run(values, "kept"))
  const run = await engine.run(values, trace === "eager" ? "eager" : "none")
  if (isBare)
    return { id, kind: "roots", roots: rootsOf(program, values, run), ranMs: performance.now() - from }
  const outputs = program.outputs.map(({ tensor }) => run.bytes(tensor))
  if (trace === "plain") {
    const ranMs = performance.now() - from
    return { id, kind: "answer", outputs, inputRoot: "", outputRoot: "", traceRoot: undefined, ranMs }
  }
  const commitment = commit(run)
  return {
    id,
    kind: "answer",
    outputs,
    inputRoot: trace === "eager" ? commitment.inputRoot : inputCommitment(program, values),
    outputRoot: commitment.outputRoot,
    traceRoot: trace === "eager" ? commitment.traceRoot : undefined,
    ranMs: performance.now() - from,
  }
}

function rootsOf(program: Program, values: Inputs, run: Execution): string {
  const { trees } = run
  if (!trees) return `${inputCommitment(program, values)}${commit(run).outputRoot}`.replaceAll("0x", "")
  const roots = [Space.Input, Space.Output, Space.Trace].map((space) => trees[space].root)
  return Buffer.concat(roots).toString("hex")
}

/** Cuts concatenated input tensors into values, which are not copied where elements lie at multiples of their width. */
export function inputsFrom({ inputs }: Pick<Program, "inputs">, bytes: Uint8Array): Inputs {
  let at = 0
  const values = inputs.map(({ name, tensor }) => {
    const end = at + tensor.length * widthOf(tensor.type)
    return [name, valuesIn(tensor.type, bytes.subarray(at, (at = end)))] as const
  })
  return Object.fromEntries(values)
}

function evidence(id: number, program: Program, run: Execution): Reply {
  const bytesOf = (space: RunSpace) => tensorsOf(program, space).map((tensor) => run.bytes(tensor))
  const treeOf = (space: RunSpace) => packedTree(tensorsOf(program, space), (tensor) => run.bytes(tensor))
  const bySpace = <T>(of: (space: RunSpace) => T) =>
    Object.fromEntries(SPACES.map((space) => [space, of(space)])) as Record<RunSpace, T>
  return { id, kind: "evidence", trees: bySpace(treeOf), tensors: bySpace(bytesOf) }
}

function packedTree(tensors: readonly Tensor[], bytes: (tensor: Tensor) => Uint8Array): PackedTree {
  const leafCount = totalLeaves(tensors)
  const memory = new Uint8Array(treeBytes(leafCount))
  const builder = new TreeBuilder(leafCount, memory)
  for (const tensor of tensors) builder.addTensor(tensor, bytes(tensor))
  return { leafCount, memory }
}
