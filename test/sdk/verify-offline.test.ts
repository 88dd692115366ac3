import { expect } from "chai"
import { hexlify } from "ethers"
import { interpret, interpreter } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { batchId } from "../../src/protocol/batch.ts"
import { receiptId, signReceipt } from "../../src/protocol/receipt.ts"
import { SumTree } from "../../src/protocol/sum-tree.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { type Bundle, bundleOf } from "../../src/sdk/bundle.ts"
import { NO_SIGNATURE, verifyOffline } from "../../src/sdk/verify-offline.ts"
import { inputsFor } from "../engine/program/graphs.ts"
import { network } from "../engine/program/small-network.ts"
import { tameWords } from "../engine/program/words.ts"
import { seeded } from "../referee/float32-cases.ts"
import { expectError } from "./expect-error.ts"
import { KEY, REGISTRY, receiptWith } from "./samples.ts"

const graph = network()
const PROGRAM = lower(graph)
const INPUTS = inputsFor(graph, tameWords(seeded(7)))

describe("an answer that is verified without a chain", () => {
  /** A signed answer of the network; `change` may spoil what a step computes. */
  async function answered(
    isEager: boolean,
    change?: (step: number, bytes: Uint8Array) => void,
  ): Promise<Bundle> {
    const run = interpret(PROGRAM, INPUTS, change)
    const { inputRoot, outputRoot, traceRoot } = commit(run)
    const terms = receiptWith({ modelId: PROGRAM.modelId })
    const trace = isEager ? { traceCommitment: traceCommitment(REGISTRY, terms, traceRoot) } : {}
    const receipt = { ...terms, inputCommitment: inputRoot, outputCommitment: outputRoot, ...trace }
    return bundleOf(await signReceipt(REGISTRY, receipt, KEY), run)
  }

  const spoiled = (step: number) => (number: number, bytes: Uint8Array) => {
    if (number === step) bytes[1] ^= 1
  }
  const last = PROGRAM.steps.length - 1
  const verified = (bundle: Bundle) => verifyOffline(PROGRAM, bundle, interpreter)
  const questionOf = (bundle: Bundle): Bundle => ({
    ...bundle,
    tensors: { ...bundle.tensors, trace: new Uint8Array(0), output: new Uint8Array(0) },
  })

  it("is right or wrong by its numbers, and says who signed", async () => {
    for (const isEager of [true, false]) {
      const right = await verified(await answered(isEager))
      expect(right).to.include({ verdict: "match", signer: KEY.address, batch: undefined, fault: undefined })
      const wrong = await verified(await answered(isEager, spoiled(last)))
      expect(wrong.verdict).to.equal("mismatch")
      expect(wrong.fault).to.include({ step: last, element: 0 })
    }
    const early = await verified(await answered(true, spoiled(0)))
    expect(early.fault).to.include({ step: 0, element: 0 })
  })

  it("is right or wrong by its commitments where the question is all that there is", async () => {
    for (const isEager of [true, false]) {
      const right = await verified(questionOf(await answered(isEager)))
      expect(right).to.include({ verdict: "match", claimed: undefined })
      const bundle = await answered(isEager, spoiled(last))
      const { verdict, fault, output, own } = await verified(questionOf(bundle))
      expect({ verdict, fault }).to.deep.equal({ verdict: "mismatch", fault: undefined })
      expect(output.committed).to.equal(bundle.signed.receipt.outputCommitment)
      expect(output.own).to.equal(commit(own).outputRoot)
    }
  })

  it("may be one that nobody has the signature of", async () => {
    const bundle = await answered(true)
    const unsigned = { ...bundle, signed: { ...bundle.signed, signature: NO_SIGNATURE } }
    expect(await verified(unsigned)).to.include({ verdict: "match", signer: undefined })
    const forged = { ...bundle, signed: { ...bundle.signed, signature: hexlify(new Uint8Array(65).fill(1)) } }
    await expectError("ReceiptSignatureInvalid", () => verified(forged))
  })

  it("is at its place in a batch, or is refused", async () => {
    const bundle = await answered(true)
    const { receipt } = bundle.signed
    const leaf = (coverage: bigint, id: string) => ({ receiptId: id, coverage })
    const own = leaf(receipt.coverage, receiptId(REGISTRY, receipt))
    const tree = new SumTree([leaf(5n, `0x${"77".repeat(32)}`), own])
    const batch = {
      provider: receipt.provider,
      modelId: receipt.modelId,
      root: tree.root.digest,
      count: 2n,
      coverage: tree.root.sum,
      window: 600n,
    }
    const inclusion = { batch, index: 1n, path: tree.path(1) }
    expect((await verified({ ...bundle, inclusion })).batch).to.equal(batchId(batch))
    await expectError("BatchPathInvalid", () =>
      verified({ ...bundle, inclusion: { ...inclusion, index: 0n } }),
    )
  })

  it("is refused where it holds something else than the receipt commits to", async () => {
    const bundle = await answered(true)
    for (const space of ["input", "trace", "output"] as const) {
      const bytes = Uint8Array.from(bundle.tensors[space])
      bytes[0] ^= 1
      const tensors = { ...bundle.tensors, [space]: bytes }
      await expectError("CommitmentMismatch", () => verified({ ...bundle, tensors }))
    }
    const { signed } = bundle
    const other = { ...signed, receipt: { ...signed.receipt, modelId: `0x${"12".repeat(32)}` } }
    await expectError("ModelMismatch", () => verified({ ...bundle, signed: other }))
  })
})
