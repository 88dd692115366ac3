import { expect } from "chai"
import { batchId } from "../../src/protocol/batch.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { locate } from "../../src/sdk/locate.ts"
import { type Placed, release } from "../../src/sdk/release.ts"
import { type Attested, Court } from "../faults/court.ts"
import { PROGRAM, TOP, eachAlone, honestRun } from "../faults/dispute.ts"
import { Table } from "../game/table.ts"
import { expectError } from "./expect-error.ts"

const BOND = 2n * 10n ** 18n

describe("release", () => {
  let court: Court
  let client: Client
  let batches: readonly Placed[]
  let direct: Attested
  let disputed: Table

  before(async () => {
    court = await Court.open()
    await court.register(PROGRAM)
    client = await connect(court.strangers[0], court.registry.address)
    batches = [await court.anchor(honestRun()), await court.anchor(honestRun())]
    direct = await court.attest(honestRun())
    const [{ receipt, inclusion }] = batches
    disputed = new Table(court, PROGRAM, receipt, inclusion)
  })
  eachAlone(() => court)

  const end = () => court.connection.networkHelpers.mine(400, { interval: 12 })
  const sumOf = (released: Awaited<ReturnType<typeof release>>) =>
    released.map(({ bonds }) => bonds.reduce((sum, { bond }) => sum + bond, 0n))

  it("gives back several batches in one transaction, and receipts by themselves in others", async () => {
    await expectError("WindowOpen", () => release(client, batches))
    await end()
    expect(sumOf(await release(client, [...batches, direct]))).to.deep.equal([6n * BOND, BOND])
    expect((await court.onus.account(court.providers[0])).locked).to.equal(0n)
    await expectError("NothingLocked", () => release(client, [...batches, direct]))
  })

  it("gives back the batch of a disputed receipt without it, and its own bond when its dispute is over", async () => {
    await disputed.demand(TOP)
    await end()
    expect(sumOf(await release(client, batches.slice(1)))).to.deep.equal([3n * BOND])
    const { assurance, since, until } = await locate(
      client,
      { registry: court.registry, ...batches[0] },
      batches[0].inclusion,
    )
    expect({ assurance, since }).to.deep.equal({
      assurance: "anchored",
      since: (await court.onus.lockOf(batchId(batches[0].inclusion!.batch))).since,
    })
    expect(until).to.be.greaterThan(since + batches[0].receipt.challengeWindow)
    await disputed.passTo(until + 1n, (await disputed.demandOf(TOP.question)).dueBlock + 500n)
    expect(sumOf(await release(client, batches.slice(0, 1)))).to.deep.equal([2n * BOND, BOND])
    await expectError("NothingLocked", () => release(client, batches))
  })

  it("says what it has sent when a dispute keeps a bond", async () => {
    await disputed.demand(TOP)
    await end()
    const first = await expectError("WindowOpen", () => release(client, batches))
    expect(first.message).to.match(/done: 0x[0-9a-f]{64}$/)
    expect((await court.onus.account(court.providers[0])).locked).to.equal(2n * BOND)
    const second = await expectError("WindowOpen", () => release(client, batches))
    expect(second.message).not.to.contain("done")
  })

  it("refuses what was never anchored", async () => {
    const receipt = { ...direct.receipt, coverage: 3n }
    await expectError("NotAnchored", () => release(client, [{ receipt }]))
    const [inclusion] = prepareBatch(client, [receipt]).inclusions
    await expectError("NotAnchored", () => release(client, [{ receipt, inclusion }]))
  })
})
