import { OnusError } from "../../../protocol/errors.ts"
import { SEMANTICS, modelId as idOf } from "../../../protocol/model.ts"
import { Space, widthOf } from "../../../protocol/program.ts"
import type { TensorTree } from "../../../protocol/tensor-tree.ts"
import { treeBytes } from "../../../protocol/tree-builder.ts"
import {
  type Dimensions,
  type Shapes,
  bindDimensions,
  dimensionName,
} from "../../../engine/onnx/dimensions.ts"
import type { OnnxDim, OnnxGraph } from "../../../engine/onnx/graph.ts"
import { loadOnnx } from "../../../engine/onnx/load.ts"
import { lower } from "../../../engine/program/lower.ts"
import { type Program, totalLeaves } from "../../../engine/program/program.ts"
import { findUnprovable } from "../../../engine/program/provable.ts"
import { validateProgram } from "../../../engine/program/validate.ts"
import { tensorsOf } from "../../../engine/trace/commitment.ts"
import { Engine } from "../../../engine/wasm/engine.ts"
import { sharedConstants } from "../../../pool/thread-program.ts"
import type { CompileOrder, CompileReply, FlatTree, Needs } from "./messages.ts"

/**
 * Makes a program out of a file. A model id is a hash of the program, so that sizes of open dimensions may be guessed: those that the
 * provider names, else 1 for each.
 *
 * @throws OnusError as `loadOnnx`, `bindDimensions`, `lower`; `ModelMismatch`, `SemanticsDiffer`.
 */
export function compileFile({ onnx, shapes, modelId, limits, threads }: CompileOrder): CompileReply {
  const graph = loadOnnx(onnx, { limits })
  const { program, dimensions } = lowered(graph, shapes, modelId)
  requireModest(program)
  validateProgram(program)
  const { programTree, weightsTree, ...rest } = program
  return {
    kind: "program",
    program: {
      ...rest,
      constants: sharedConstants(program.constants),
      programTree: flat(programTree),
      weightsTree: flat(weightsTree),
    },
    needs: needsOf(program, threads),
    dimensions,
  }
}

interface Lowered {
  readonly program: Program
  readonly dimensions: Dimensions
}

function lowered(graph: OnnxGraph, shapes: Shapes, modelId: string | undefined): Lowered {
  const ones = Object.fromEntries(openDimensions(graph, graph).map(([name]) => [name, 1]))
  const guesses = [() => bindDimensions(graph, {}, shapes), () => bindDimensions(graph, ones)]
  let failure: unknown
  let other: Program | undefined
  for (const guess of Object.keys(ones).length === 0 ? [() => graph] : guesses) {
    try {
      const bound = guess()
      const program = lower(bound)
      const dimensions = Object.fromEntries(openDimensions(graph, bound)) as Dimensions
      if (modelId === undefined || program.modelId === modelId) return { program, dimensions }
      other ??= program
    } catch (error) {
      failure ??= error
    }
  }
  throw other ? mismatch(other, modelId!) : failure
}

/** The open dimensions of a graph's inputs by name, and what stands for each in the bound graph. */
function openDimensions(graph: OnnxGraph, bound: OnnxGraph): [string, OnnxDim][] {
  return graph.inputs.flatMap(({ name, shape }, input) =>
    shape.flatMap((dim, axis): [string, OnnxDim][] =>
      typeof dim === "string" ? [[dimensionName(dim, name, axis), bound.inputs[input].shape[axis]]] : [],
    ),
  )
}

/** Numbers in all descriptors of a program: they are copied from thread to thread, while others wait. */
const MOST_NUMBERS = 2 ** 22

/** Bytes of memory that one of them takes, with the objects around it. */
const BYTES_OF_NUMBER = 32

/** How many there are. */
const numbersIn = ({ steps }: Pick<Program, "steps">): number =>
  steps.reduce((sum, { domain, reduction, operands, epilogue }) => {
    const loops = domain.length + reduction.length
    const reads = operands.reduce(
      (all, { guards, lookups }) => all + loops * (1 + guards.length) + 3 * lookups.length,
      0,
    )
    return sum + loops + reads + 6 * epilogue.length
  }, 0)

/** @throws OnusError `CompileTooLarge`. */
function requireModest(program: Pick<Program, "steps">): void {
  const numbers = numbersIn(program)
  if (numbers <= MOST_NUMBERS) return
  const message = `The program has ${numbers} numbers in its descriptors; ${MOST_NUMBERS} are allowed`
  throw new OnusError("CompileTooLarge", message)
}

/** Versions of the semantics that there may be one day: the id of the same program by one of them is told apart. */
const VERSIONS = 64

function mismatch({ header, modelId }: Program, wanted: string): OnusError {
  for (let semantics = 0; semantics < VERSIONS; semantics++) {
    if (idOf({ ...header, semantics }) !== wanted) continue
    const message = `Model ${wanted} is of semantics ${semantics}; this program computes by ${SEMANTICS}`
    return new OnusError("SemanticsDiffer", message, {
      hint: "Check its answers with a version of Onus that knows them",
    })
  }
  return new OnusError("ModelMismatch", `The file is model ${modelId}, not ${wanted}`, {
    hint: "It may be an earlier version of the model, or need sizes or constants that nobody named",
  })
}

function flat({ leafCount, digests }: TensorTree): FlatTree {
  const shared = new Uint8Array(new SharedArrayBuffer(digests.length))
  shared.set(digests)
  return { leafCount, digests: shared }
}

function needsOf(program: Program, threads: number): Needs {
  const spaces = [Space.Input, Space.Trace, Space.Output].map((space) => tensorsOf(program, space))
  const kept = spaces.map((tensors) =>
    tensors.reduce(
      (bytes, { length, type }) => bytes + length * widthOf(type),
      treeBytes(totalLeaves(tensors)),
    ),
  )
  const { programTree, weightsTree, constants } = program
  const digests = programTree.digests.length + weightsTree.digests.length
  return {
    engineBytes: Engine.memoryFor(program, { threads }),
    keptBytes: kept.reduce((all, bytes) => all + bytes, 0),
    programBytes: constants.reduce(
      (bytes, { data }) => bytes + data.length,
      digests + BYTES_OF_NUMBER * numbersIn(program),
    ),
    isProvable: findUnprovable(program) === undefined,
  }
}
