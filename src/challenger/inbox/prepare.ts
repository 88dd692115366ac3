import { inputLength, inputRootOf } from "../../pool/inputs.ts"
import type { Known } from "../book.ts"
import type { Checker } from "../check.ts"
import type { HandedIn } from "./handed-in.ts"

/** Finds out, before a receipt is run, which of the inputs that were handed in for it are right. */
export const preparing =
  (handedIn: Pick<HandedIn, "isAmbiguous" | "settle">, checker: Pick<Checker, "programOf">) =>
  async ({ id, signed: { receipt } }: Known): Promise<void> => {
    if (!handedIn.isAmbiguous(id)) return
    const program = await checker.programOf(receipt.modelId, receipt.provider)
    const length = inputLength(program)
    await handedIn.settle(
      id,
      (inputs) =>
        inputs.length === length && inputRootOf(program, inputs) === receipt.inputCommitment.toLowerCase(),
    )
  }
