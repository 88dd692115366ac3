import { expect } from "chai"
import { SigningKey } from "ethers"
import { receiptId } from "../../../src/protocol/receipt.ts"
import { SumTree } from "../../../src/protocol/sum-tree.ts"
import { equivocationEvidence } from "../../../src/sdk/convict.ts"
import { Fault } from "../../../src/sdk/fault.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { call } from "../../../src/sdk/errors.ts"
import { Stage } from "../node/stage.ts"
import { word } from "./samples.ts"

const DAY = 86_400

describe("an answered request id", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  after(() => stage.close())

  it("convicts whoever answers it once more, long after the first signature and window: its batch is never forgotten", async () => {
    const client = await stage.client(stage.provider)
    const { onus, registry } = client
    const now = async () => BigInt((await stage.rpc.getBlock("latest"))!.timestamp)
    const provider = stage.provider.address
    const receiptAt = (issuedAt: bigint) => ({
      provider,
      modelId: stage.program.modelId,
      requestId: word(1),
      inputCommitment: word(2),
      outputCommitment: word(3),
      traceCommitment: word(4),
      consumer: stage.consumer.address,
      coverage: 10n ** 18n,
      issuedAt,
      anchorBy: issuedAt + 3600n,
      challengeWindow: 3600n,
      termsHash: word(5),
    })
    const sign = (receipt: ReturnType<typeof receiptAt>) => {
      const id = receiptId(registry, receipt)
      const { serialized } = new SigningKey(stage.signing.privateKey).sign(id)
      return { registry, receipt, signature: serialized }
    }
    const first = sign(receiptAt(await now()))
    const tree = new SumTree([
      { receiptId: receiptId(registry, first.receipt), coverage: first.receipt.coverage },
    ])
    const { modelId, coverage, challengeWindow: window } = first.receipt
    const batch = { provider, modelId, root: tree.root.digest, count: 1n, coverage, window }
    await (await onus.anchor(batch)).wait()
    await stage.chain.wait(60 * DAY)
    await (await onus.releaseBatches([batch])).wait()
    const second = sign(receiptAt(await now()))
    const { receipt, signature } = second
    const byStranger = (await stage.client(stage.challenger)).onus
    const convict = (evidence: string) =>
      call(byStranger.convictSigned.staticCall(Fault.Equivocation, receipt, signature, evidence))
    await expectError("ReceiptTooOld", () => convict(equivocationEvidence(first)))
    const place = { batch, index: 0n, path: [] }
    await convict(equivocationEvidence(first, place))
    const convicting = await byStranger.convictSigned(
      Fault.Equivocation,
      receipt,
      signature,
      equivocationEvidence(first, place),
    )
    expect((await convicting.wait())?.status).to.equal(1)
    expect((await onus.account(provider)).tombstoned).to.equal(true)
  })
})
