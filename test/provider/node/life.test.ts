import { expect } from "chai"
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { Fetcher } from "../../../src/challenger/fetch/fetcher.ts"
import { openSources } from "../../../src/challenger/sources/open.ts"
import { nodeQuestion } from "../../../src/engine/audit/game/question.ts"
import { type Inclusion, batchId } from "../../../src/protocol/batch.ts"
import { Space } from "../../../src/protocol/program.ts"
import { type SignedReceipt, recoverSigner } from "../../../src/protocol/receipt.ts"
import { inputLength, inputRootOf } from "../../../src/pool/inputs.ts"
import { decodeBundle } from "../../../src/sdk/bundle.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { openCourt } from "../../../src/sdk/game/court.ts"
import { demand } from "../../../src/sdk/game/demand.ts"
import { claimOmission } from "../../../src/sdk/omission/claim.ts"
import { inclusionOf, infer } from "./client.ts"
import { NodeProcess, Stage, TOKEN, eventually } from "./stage.ts"

describe("the life of an answer", function () {
  this.bail(true)
  let stage: Stage
  let node: NodeProcess
  let client: Client
  let challenger: Client
  let signed: SignedReceipt & { readonly receiptId: string }
  let inclusion: Inclusion

  before(async function () {
    this.timeout(180_000)
    stage = await Stage.open()
    await stage.mine(5)
    client = await stage.client(stage.consumer)
    challenger = await stage.client(stage.challenger)
    node = await NodeProcess.start(stage, { answers: { listed: true } })
    await node.ready()
  })

  after(async function () {
    this.timeout(60_000)
    await node.end("SIGKILL")
    await stage.close()
  })

  it("begins as a signed receipt", async () => {
    signed = await infer(stage, node)
    expect(recoverSigner(signed)).equal(stage.signing.address)
    expect(signed.receipt.consumer).equal(stage.consumer.address)
    expect(signed.receipt.coverage).equal(TOKEN)
  })

  it("is of a model that says its price, and keeps its file to itself unless it is to be published", async () => {
    const response = await fetch(`${node.url}/v1/provider`)
    const { models } = (await response.json()) as { models: Record<string, unknown>[] }
    expect(models.map(({ price, file }) => [price, file])).deep.equal([["nothing", undefined]])
    expect((await fetch(`${node.url}/v1/models/digits/versions/1/file`)).status).equal(404)
  })

  it("goes on as one that is anchored, which the contract finds in its batch", async function () {
    this.timeout(120_000)
    inclusion = await eventually(
      "the receipt is anchored",
      () => inclusionOf(node, signed.receiptId),
      () => stage.mine(),
    )
    const { lock, open } = await client.onus.locate(signed.receipt, inclusion)
    expect([lock.bond, open]).deep.equal([2n * TOKEN, true])
  })

  it("is found by a stranger who knows nothing but the batch on-chain", async () => {
    const fetcher = new Fetcher({ allowPrivate: true })
    const { registry } = client
    const sources = openSources({ registry, fetcher, uriOf: () => Promise.resolve(node.url) })
    const id = batchId(inclusion.batch)
    const { receiptId, ...shown } = signed
    const sighting = { signed: shown, inclusion, source: "provider" }
    expect(await sources.list({ id, batch: inclusion.batch })).deep.equal([sighting])
    expect(await sources.receipt(stage.provider.address, receiptId)).deep.equal(sighting)
    const inputs = await sources.inputs({ id: receiptId, signed }, inputLength(stage.program))
    expect(inputRootOf(stage.program, inputs)).equal(signed.receipt.inputCommitment)
    fetcher.close()
  })

  it("is verified by a stranger with the evidence that the node gives", async function () {
    this.timeout(120_000)
    const response = await fetch(`${node.url}/v1/receipts/${signed.receiptId}/evidence`)
    const text = await response.text()
    expect(response.status, text).equal(200)
    expect(decodeBundle(text).signed.receipt).deep.equal(signed.receipt)
    const file = join(stage.folder, "answer.json")
    writeFileSync(file, text)
    const { url, registry } = stage.chain
    const options = ["--model", "models/digits.onnx", "--rpc", url, "--registry", registry]
    const verify = promisify(execFile)(process.execPath, ["src/cli/onus.mjs", "verify", file, ...options])
    expect((await verify).stdout).match(/anchored/)
  })

  it("is defended when somebody wants to see its trace", async function () {
    this.timeout(120_000)
    const court = await openCourt(challenger)
    const { header } = stage.program
    const question = nodeQuestion(Space.Trace, header.traceDepth, 0)
    await demand(court, { receipt: signed.receipt, inclusion, header }, stage.program, {
      kind: "demandNode",
      question,
    })
    const answers = () => court.judge.queryFilter(court.judge.filters.NodeAnswered(signed.receiptId))
    const [answer] = await eventually(
      "the demand is answered",
      async () => ((await answers()).length > 0 ? answers() : undefined),
      () => stage.mine(),
    )
    expect(answer.args.responder).equal(stage.sending.address)
  })

  it("is defended when somebody claims that it was never anchored", async function () {
    this.timeout(120_000)
    await stage.chain.wait(1_801)
    await claimOmission(challenger, signed)
    const omission = await client.omission()
    await eventually(
      "the claim is answered",
      async () => (await omission.claimOf(signed.receiptId)).answered,
      () => stage.mine(),
    )
  })

  it("ends with its bond given back, the challenged part of it too, and the bonds of those who asked taken", async function () {
    this.timeout(180_000)
    const bonds = () => client.onus.account(stage.provider.address)
    await eventually(
      "nothing is locked",
      async () => (await bonds()).locked === 0n,
      () => stage.chain.wait(600),
    )
    const { judge } = await openCourt(challenger)
    await eventually(
      "the bonds of the challengers are paid out",
      async () => (await judge.queryFilter(judge.filters.Settled(signed.receiptId))).length > 0,
      () => stage.chain.wait(600),
    )
    const paid = await judge.queryFilter(judge.filters.Settled(signed.receiptId))
    expect(paid.map(({ args }) => args.to)).deep.equal([stage.provider.address])
    const { faults } = await client.onus.faultRecord(stage.provider.address)
    expect(faults).equal(0n)
  })

  it("is over when the node is told to end: cleanly", async function () {
    this.timeout(60_000)
    expect(await node.end(), node.output.slice(-4_000)).equal(0)
  })
})
