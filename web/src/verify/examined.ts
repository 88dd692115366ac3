import type { Explanation } from "../../../src/engine/audit/explain.ts"
import type { describeFault } from "../../../src/engine/audit/describe-fault.ts"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import type { SignedReceipt } from "../../../src/protocol/receipt.ts"

/** One thing that was looked at. What could not be looked at is unknown: it neither holds nor fails. */
export interface Check {
  readonly name: string
  readonly outcome: "holds" | "fails" | "unknown"
  readonly sentence: string
}

/** What a digit reader was shown, and what it is said to have answered. */
export interface Digit {
  /** Rows of pixels, 0 for paper and 1 for ink. */
  readonly pixels: Float32Array
  readonly side: number
  /** For each digit, as the provider claims. Undefined if the file holds the question alone. */
  readonly claimed: Float32Array | undefined
  /** As this browser computed. */
  readonly own: Float32Array
}

/** The first wrong number, and how the right one comes about. */
export interface Wrong {
  readonly fault: ReturnType<typeof describeFault>
  readonly explanation: Explanation
}

/** What a file says by itself. */
export interface Examined {
  readonly receiptId: string
  readonly signed: SignedReceipt
  readonly inclusion: Inclusion | undefined
  /** The batch that the receipt's place leads to. */
  readonly batchId: string | undefined
  readonly checks: readonly Check[]
  readonly wrong: Wrong | undefined
  readonly digit: Digit | undefined
}

/** A file that somebody gave besides the answer's: held against what the receipt commits to. */
export interface Extra {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a thread is asked to examine. */
export interface Examination {
  /** An answer as a file, or a signed receipt alone. */
  readonly text: string
  /** The model's ONNX file. */
  readonly model: Uint8Array | undefined
  readonly extras: readonly Extra[]
}
