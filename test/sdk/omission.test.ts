import { expect } from "chai"
import type { Signer } from "ethers"
import { isOnusError } from "../../src/protocol/errors.ts"
import { type SignedReceipt, signReceipt } from "../../src/protocol/receipt.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { chainTime } from "../../src/sdk/chain-time.ts"
import { claim, payoutIdOf } from "../../src/sdk/claim.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { locate } from "../../src/sdk/locate.ts"
import { answerOmission } from "../../src/sdk/omission/answer.ts"
import { claimOmission } from "../../src/sdk/omission/claim.ts"
import { convictOmission } from "../../src/sdk/omission/convict.ts"
import { settleOmission } from "../../src/sdk/omission/settle.ts"
import { Court, DIGITS } from "../faults/court.ts"
import { eachAlone } from "../faults/dispute.ts"
import { expectError } from "./expect-error.ts"
import { receiptWith } from "./samples.ts"

const DAY = 86_400

describe("a signed answer that is not anchored", () => {
  let court: Court
  let provider: Signer
  let signed: SignedReceipt
  const clients = new Map<Signer, Client>()
  const as = (who: Signer) => clients.get(who)!

  before(async () => {
    court = await Court.open()
    ;[provider] = court.providers
    for (const who of [provider, court.challenger, court.consumer, ...court.strangers.slice(0, 1)])
      clients.set(who, await connect(who, court.registry.address))
    await addKey(as(provider), await provider.getAddress(), 4_000_000_000n)
    await pass(10)
    const issuedAt = await chainTime(as(provider))
    const receipt = receiptWith({
      provider: await provider.getAddress(),
      consumer: await court.consumer.getAddress(),
      modelId: DIGITS.modelId,
      issuedAt,
      anchorBy: issuedAt + 3600n,
      challengeWindow: 3600n,
    })
    signed = await signReceipt(court.registry, receipt, provider)
  })
  eachAlone(() => court)

  const pass = (seconds: number) =>
    court.connection.networkHelpers.mine(400, { interval: Math.ceil(seconds / 400) })
  const balanceOf = (who: Signer) => court.connection.ethers.provider.getBalance(who)

  it("is claimed when it is due, with the price of an answer as bond", async () => {
    const us = as(court.challenger)
    await expectError("NotDue", () => claimOmission(us, signed))
    await pass(3700)
    await expectError("BondTooLow", () => claimOmission(us, signed, 1n))
    const omission = await us.omission()
    const { bond, due, dueBlock } = await claimOmission(us, signed)
    expect(bond).to.be.at.least(await omission.answerPrice())
    expect(due).to.equal((await chainTime(us)) + BigInt(DAY))
    expect(dueBlock).to.be.greaterThan(300n)
    await expectError("AlreadyClaimed", () => claimOmission(as(court.consumer), signed))
  })

  it("is claimed within ten days", async () => {
    await pass(11 * DAY)
    await expectError("ClaimTooLate", () => claimOmission(as(court.challenger), signed))
  })

  it("convicts after silence; the reward and the bond are the claimant's, whoever convicts", async () => {
    const us = as(court.challenger)
    await expectError("NotClaimed", () => convictOmission(us, signed))
    await pass(3700)
    const { bond } = await claimOmission(us, signed)
    await expectError("AnswerAwaited", () => convictOmission(us, signed))
    await expectError("NothingToSettle", () => settleOmission(us, signed))
    await pass(DAY + 400)
    const early = await convictOmission(as(court.strangers[0]), signed)
    if ("rewardMoved" in early) throw new Error("nobody had convicted before")
    expect(early).to.include({ bond: 0n, restitution: 0n, punitive: 10n * 10n ** 18n })
    expect(await convictOmission(us, signed)).to.include({ rewardMoved: true })
    expect((await locate(us, signed)).convicted).to.deep.equal(["Omission"])
    const payoutId = await payoutIdOf(us, signed.receipt)
    expect(payoutId).to.equal(early.payoutId)
    const before = await balanceOf(court.challenger)
    expect(await settleOmission(as(court.strangers[0]), signed)).to.include({ bond })
    expect(await balanceOf(court.challenger)).to.equal(before + bond)
    await pass(4 * DAY)
    const [paid] = await claim(as(court.consumer), payoutId, { receipt: signed.receipt })
    expect(paid).to.include({
      share: "reward",
      to: await court.challenger.getAddress(),
      amount: early.reward,
    })
    await expectError("AlreadyConvicted", () => convictOmission(us, signed))
  })

  it("is none if it was anchored in time: the provider shows where, and keeps the bond", async () => {
    const us = as(court.challenger)
    const { batch, inclusions } = prepareBatch(us, [
      receiptWith({ ...signed.receipt, termsHash: `0x${"11".repeat(32)}` }),
      signed.receipt,
    ])
    await court.onus.connect(provider).anchor(batch)
    await expectError("NotClaimed", () => answerOmission(as(provider), signed, inclusions[1]))
    await pass(3700)
    const { bond } = await claimOmission(us, signed)
    await expectError("NotAnchored", () => answerOmission(as(provider), signed))
    await answerOmission(as(provider), signed, inclusions[1])
    await expectError("AlreadyAnswered", () => answerOmission(as(provider), signed, inclusions[1]))
    await pass(DAY + 400)
    await expectError("AlreadyAnswered", () => convictOmission(us, signed))
    const before = await balanceOf(provider)
    const settled = await settleOmission(us, signed)
    expect(settled).to.include({ bond, to: await provider.getAddress() })
    expect(await balanceOf(provider)).to.equal(before + bond)
    await expectError("NothingToSettle", () => settleOmission(us, signed))
  })

  it("can be answered for until it is due, and not by what was anchored late", async () => {
    await pass(3700)
    await claimOmission(as(court.challenger), signed)
    const [inclusion] = prepareBatch(as(provider), [signed.receipt]).inclusions
    await court.onus.connect(provider).anchor(inclusion.batch)
    await expectError("AnchoredLate", () => answerOmission(as(provider), signed, inclusion))
    await pass(DAY + 400)
    await expectError("AnswerTooLate", () => answerOmission(as(provider), signed, inclusion))
  })

  it("is of one registry", async () => {
    const elsewhere = { ...signed, registry: { ...court.registry, address: await provider.getAddress() } }
    const us = as(court.challenger)
    for (const act of [claimOmission, convictOmission, settleOmission, answerOmission]) {
      const error = await act(us, elsewhere).catch((caught: unknown) => caught)
      expect(isOnusError(error, "RegistryMismatch")).to.equal(true)
    }
  })
})
