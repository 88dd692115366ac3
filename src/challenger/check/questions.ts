import { OnusError } from "../../protocol/errors.ts"
import type { Receipt } from "../../protocol/receipt.ts"
import type { Program } from "../../engine/program/program.ts"
import { inputLength, inputRootOf } from "../../pool/inputs.ts"
import type { Known } from "../book.ts"
import type { Sources } from "../sources.ts"
import { isSame } from "./compare.ts"

/** A receipt to be checked. */
export type Question = Pick<Known, "id" | "signed">

/** The inputs of receipts. */
export class Questions {
  readonly #sources: Pick<Sources, "inputs">

  constructor(sources: Pick<Sources, "inputs">) {
    this.#sources = sources
  }

  /** What is said to be the question: whether it hashes to the commitment is seen when it is run. */
  async likely(known: Question, program: Program): Promise<Uint8Array> {
    return requireLength(await this.#sources.inputs(known, inputLength(program)), program)
  }

  /** The question itself. It is hashed on this thread, which others wait for. @throws OnusError `ContentInvalid`. */
  async certain(known: Question, program: Program): Promise<Uint8Array> {
    const isRight = isQuestionOf(program, known.signed.receipt)
    const inputs = await this.#sources.inputs(known, inputLength(program), isRight)
    if (isRight(requireLength(inputs, program))) return inputs
    const message = `The inputs that are served hash to ${inputRootOf(program, inputs)}, which is not what the receipt commits to`
    throw new OnusError("ContentInvalid", message)
  }
}

function requireLength(inputs: Uint8Array, program: Program): Uint8Array {
  const length = inputLength(program)
  if (inputs.length === length) return inputs
  throw new OnusError("ContentInvalid", `The inputs have ${inputs.length} bytes; the model takes ${length}`)
}

const isQuestionOf =
  (program: Program, { inputCommitment }: Receipt) =>
  (bytes: Uint8Array): boolean =>
    bytes.length === inputLength(program) && isSame(inputRootOf(program, bytes), inputCommitment)
