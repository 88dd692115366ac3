import { bitsOf } from "../engine/program/words.ts"
import { expect } from "chai"
import { ZeroHash } from "ethers"
import { recoverSigner } from "../../src/protocol/receipt.ts"
import { bundleOf, decodeBundle, encodeBundle, runOf } from "../../src/sdk/bundle.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { openBundle, reexecute, withOwnTrace } from "../../src/sdk/verify.ts"
import type { BundleJson } from "./bundle-json.ts"
import { expectError } from "./expect-error.ts"
import { PROGRAM, REGISTRY, signedAnswer } from "./samples.ts"

describe("bundle", () => {
  it("survives being written and read, NaN payloads and inclusion too", async () => {
    const { signed, run } = await signedAnswer([-0, 1.5])
    bitsOf(run, PROGRAM.inputs[0].tensor)[0] = 0x7fc12345
    const [inclusion] = prepareBatch({ registry: REGISTRY }, [signed.receipt]).inclusions
    const bundle = bundleOf(signed, run, inclusion)
    const read = decodeBundle(encodeBundle(bundle))
    expect(read).to.deep.equal(bundle)
    expect(bitsOf(runOf(PROGRAM, read), PROGRAM.inputs[0].tensor)[0]).to.equal(0x7fc12345)
  })

  it("is the same evidence in upper-case hexadecimal", async () => {
    const { signed, run } = await signedAnswer([1, 2])
    const [inclusion] = prepareBatch({ registry: REGISTRY }, [signed.receipt]).inclusions
    const bundle = bundleOf(signed, run, inclusion)
    const upper = (hex: string) => `0x${hex.slice(2).toUpperCase()}`
    const read = decodeBundle(encodeBundle(bundle).replace(/0x[0-9a-fA-F]+/g, upper))
    expect(read).to.deep.equal(bundle)
    expect(recoverSigner(read.signed)).to.equal(signed.receipt.provider)
    openBundle(PROGRAM, read)
  })

  it("has no inclusion before it is anchored", async () => {
    const { signed, run } = await signedAnswer([1, 2])
    const read = decodeBundle(encodeBundle(bundleOf(signed, run)))
    expect(read).to.not.have.property("inclusion")
    expect(openBundle(PROGRAM, read).commitment.outputRoot).to.equal(signed.receipt.outputCommitment)
  })

  const change = async (edit: (json: BundleJson) => void) => {
    const { signed, run } = await signedAnswer([1, 2])
    const json = JSON.parse(encodeBundle(bundleOf(signed, run))) as BundleJson
    edit(json)
    return JSON.stringify(json)
  }

  for (const [what, edit, field] of [
    ["an unknown field", (json: BundleJson) => (json.extra = 1), "extra"],
    ["an unknown field inside", (json: BundleJson) => (json.receipt.extra = 1), "receipt"],
    ["another format", (json: BundleJson) => (json.format = "onus.bundle.v2"), "format"],
    ["a short hash", (json: BundleJson) => (json.receipt.modelId = "0x12"), "receipt.modelId"],
    [
      "a number instead of decimal text",
      (json: BundleJson) => (json.receipt.coverage = 1),
      "receipt.coverage",
    ],
    ["a negative amount", (json: BundleJson) => (json.receipt.coverage = "-1"), "receipt.coverage"],
    ["bytes that are not base64", (json: BundleJson) => (json.tensors.input = "%"), "tensors.input"],
    ["a compact signature", (json: BundleJson) => (json.signature = `0x${"12".repeat(64)}`), "signature"],
    ["no signature", (json: BundleJson) => delete json.signature, "signature"],
  ] as const)
    it(`is refused with ${what}, naming it`, async () => {
      const text = await change(edit)
      const { message } = await expectError("BundleMalformed", () => decodeBundle(text))
      expect(message).to.contain(field)
    })

  it("is refused when it is not JSON", () => expectError("BundleMalformed", () => decodeBundle("{")))

  it("is refused with tensors of another size than the model's", async () => {
    const text = await change((json) => (json.tensors.output = Buffer.alloc(4).toString("base64")))
    const { message } = await expectError("TensorSizeMismatch", () => runOf(PROGRAM, decodeBundle(text)))
    expect(message).to.contain("output").and.contain("4 bytes").and.contain("8")
  })

  it("is refused when a tensor is not what the receipt commits to", async () => {
    for (const space of ["input", "output"]) {
      const text = await change((json) => (json.tensors[space] = Buffer.alloc(8, 1).toString("base64")))
      const open = () => openBundle(PROGRAM, decodeBundle(text))
      expect((await expectError("CommitmentMismatch", open)).message).to.contain(space)
    }
    const text = await change((json) => (json.receipt.requestId = `0x${"77".repeat(32)}`))
    const open = () => openBundle(PROGRAM, decodeBundle(text))
    expect((await expectError("CommitmentMismatch", open)).message).to.contain("trace")
  })
})

describe("a bundle whose receipt commits to no trace", () => {
  const untraced = async () => {
    const { signed, run } = await signedAnswer([1, 2])
    return { run, signed: { ...signed, receipt: { ...signed.receipt, traceCommitment: ZeroHash } } }
  }

  it("is right as long as its outputs are, whatever trace somebody puts into it", async () => {
    const { signed, run } = await untraced()
    const bundle = bundleOf(signed, run)
    expect((await reexecute(interpreter, openBundle(PROGRAM, bundle))).verdict).to.equal("match")
    bundle.tensors.trace.fill(7)
    const opened = openBundle(PROGRAM, bundle)
    expect(opened.isTraceCommitted).to.equal(false)
    expect((await reexecute(interpreter, opened)).verdict).to.equal("match")
    const { commitment } = await withOwnTrace(interpreter, opened)
    expect(commitment.traceRoot).to.equal(commit(run).traceRoot)
  })

  it("is wrong when an output is", async () => {
    const { signed, run } = await untraced()
    const bundle = bundleOf(signed, run)
    bundle.tensors.output[0] ^= 1
    const { outputRoot } = commit(runOf(PROGRAM, bundle))
    const receipt = { ...signed.receipt, outputCommitment: outputRoot }
    const opened = openBundle(PROGRAM, { ...bundle, signed: { ...signed, receipt } })
    const { verdict, fault } = await reexecute(interpreter, opened)
    expect([verdict, fault?.element]).to.deep.equal(["mismatch", 0])
  })
})
