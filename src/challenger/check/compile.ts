import { Worker } from "node:worker_threads"
import { OnusError } from "../../protocol/errors.ts"
import { TensorTree } from "../../protocol/tensor-tree.ts"
import type { Dimensions } from "../../engine/onnx/dimensions.ts"
import type { Program } from "../../engine/program/program.ts"
import type { ModelFile } from "../sources.ts"
import type { Caps } from "./caps.ts"
import type { CompileOrder, CompileReply, FlatTree, Needs } from "./compile/messages.ts"

/** A model that was made out of a file. */
export interface CompiledModel {
  readonly program: Program
  readonly needs: Needs
  /** Sizes of the dimensions that the file leaves open, by name. */
  readonly dimensions: Dimensions
}

const MODULE = new URL("./compile/worker.ts", import.meta.url)

/** What compiling may take. */
export type CompileCaps = Pick<Caps, "onnx" | "compileMs" | "compileHeap" | "threads">

/** @param module Another thread shows in tests what becomes of faults. */
export interface CompileOptions extends CompileCaps {
  readonly module?: URL
}

/**
 * Parses and lowers a file of a stranger, in a thread with bounded memory and time.
 *
 * @param modelId The model that it is said to be; whatever it is, if this is left out.
 * @throws OnusError `OnnxTooLarge`, `CompileTooSlow`, `CompileTooLarge`, `CompileFailed`, `ModelMismatch`, `SemanticsDiffer`, and
 * what else is wrong with the file.
 */
export async function compileModel(
  { bytes, shapes }: Pick<ModelFile, "bytes" | "shapes">,
  modelId: string | undefined,
  { onnx: limits, compileMs, compileHeap, threads, module = MODULE }: CompileOptions,
): Promise<CompiledModel> {
  if (bytes.length > limits.fileBytes) {
    const message = `The model file has ${bytes.length} bytes; ${limits.fileBytes} are allowed`
    throw new OnusError("OnnxTooLarge", message)
  }
  // A copy, whose memory becomes the thread's.
  const onnx = Uint8Array.from(bytes)
  const order: CompileOrder = { onnx, shapes, modelId, limits, threads }
  const worker = new Worker(module, {
    workerData: order,
    transferList: [onnx.buffer],
    resourceLimits: { maxOldGenerationSizeMb: compileHeap, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  })
  let late: NodeJS.Timeout | undefined
  try {
    const reply = await Promise.race([
      replyOf(worker),
      new Promise<never>((_, reject) => {
        late = setTimeout(() => reject(slow(compileMs)), compileMs)
      }),
    ])
    return modelFrom(reply)
  } finally {
    clearTimeout(late)
    await worker.terminate()
  }
}

/** The id of the model that a file is. @throws OnusError as {@link compileModel}. */
export async function modelIdOf(
  file: Pick<ModelFile, "bytes" | "shapes">,
  options: CompileOptions,
): Promise<string> {
  return (await compileModel(file, undefined, options)).program.modelId
}

function replyOf(worker: Worker): Promise<CompileReply> {
  const { promise, resolve, reject } = Promise.withResolvers<CompileReply>()
  worker.once("message", resolve)
  worker.once("error", (error: Error & { code?: string }) => {
    const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY"
    const message = isMemory
      ? "Lowering the file takes too much memory"
      : `Lowering broke off: ${error.message}`
    reject(new OnusError(isMemory ? "CompileTooLarge" : "CompileFailed", message, { cause: error }))
  })
  worker.once("exit", (code) =>
    reject(new OnusError("CompileFailed", `The thread that lowered the file ended with ${code}`)),
  )
  return promise
}

/** The model that a thread has made. @throws OnusError what it has found instead. */
export function modelFrom(reply: CompileReply): CompiledModel {
  if (reply.kind === "failure") {
    const { code, message, hint } = reply
    throw new OnusError(code, message, hint === undefined ? {} : { hint })
  }
  const { program, needs, dimensions } = reply
  const { programTree, weightsTree, ...rest } = program
  return {
    program: { ...rest, programTree: tree(programTree), weightsTree: tree(weightsTree) },
    needs,
    dimensions,
  }
}

const tree = ({ leafCount, digests }: FlatTree): TensorTree => new TensorTree(leafCount, digests)

const slow = (milliseconds: number) =>
  new OnusError("CompileTooSlow", `Lowering the file has taken ${milliseconds} ms and is not done`, {
    hint: "Allow more time if you trust where the file is from",
  })
