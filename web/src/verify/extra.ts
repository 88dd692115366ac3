import { valuesOf } from "../../../src/engine/executor.ts"
import { decodeTensorFile } from "../../../src/engine/onnx/tensor-file.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { inputCommitment } from "../../../src/engine/trace/commitment.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import type { Check, Extra } from "./examined.ts"

/** Hashes a tensor file as the input, and holds it against the receipt. */
export function checkExtra(
  program: Program,
  { inputCommitment: committed }: Receipt,
  { name, bytes }: Extra,
): Check {
  const title = `Your file ${name} as the input`
  try {
    const [{ name: port, tensor }] = program.inputs
    const values = valuesOf(tensor.type, contentOf(name, bytes))
    const own = inputCommitment(program, { [port]: values })
    return own === committed
      ? { name: title, outcome: "holds", sentence: own }
      : {
          name: title,
          outcome: "fails",
          sentence: `It hashes to ${own}, the receipt commits to ${committed}.`,
        }
  } catch (error) {
    const sentence = isOnusError(error) ? `${error.code}: ${error.message}` : String(error)
    return { name: title, outcome: "fails", sentence }
  }
}

function contentOf(name: string, bytes: Uint8Array): Uint8Array {
  if (/\.pb$/i.test(name)) return decodeTensorFile(bytes).data
  return bytes
}
