import { Wallet, ZeroHash, getAddress } from "ethers"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import type { Receipt, Registry } from "../../src/protocol/receipt.ts"
import { type Answer, type AnswerTerms, answer } from "../../src/sdk/answer.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { fileWith } from "../engine/onnx/models.ts"

export const REGISTRY: Registry = { chainId: 31337n, address: getAddress(`0x${"aa".repeat(20)}`) }
export const KEY = new Wallet(`0x${"22".repeat(32)}`)

/** y = relu(x) for two values. */
export const MODEL_FILE = fileWith({
  node: [{ name: "relu", opType: "Relu", input: ["x"], output: ["y"] }],
})
export const PROGRAM = lower(loadOnnx(MODEL_FILE))

export const TERMS: AnswerTerms = {
  provider: KEY.address,
  consumer: getAddress(`0x${"bb".repeat(20)}`),
  requestId: `0x${"01".repeat(32)}`,
  coverage: 10n,
  issuedAt: 1_000n,
  anchorWithin: 60n,
  challengeWindow: 600n,
}

/** A receipt that differs from others where told. */
export function receiptWith(fields: Partial<Receipt> = {}): Receipt {
  const { anchorWithin, ...terms } = TERMS
  return {
    ...terms,
    modelId: PROGRAM.modelId,
    inputCommitment: ZeroHash,
    outputCommitment: ZeroHash,
    traceCommitment: ZeroHash,
    anchorBy: TERMS.issuedAt + anchorWithin,
    termsHash: ZeroHash,
    ...fields,
  }
}

/** A signed answer of the small model. */
export function signedAnswer(values: number[], terms: Partial<AnswerTerms> = {}): Promise<Answer> {
  const signer = { registry: REGISTRY, key: KEY, journal: new MemoryJournal() }
  return answer(signer, interpreter, PROGRAM, { x: Float32Array.from(values) }, { ...TERMS, ...terms })
}
