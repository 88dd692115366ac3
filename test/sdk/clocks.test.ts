import { expect } from "chai"
import type { Conviction } from "../../src/sdk/convict.ts"
import { Solver } from "../../src/engine/audit/game/solve.ts"
import { attest } from "../../src/sdk/attest.ts"
import { readClocks } from "../../src/sdk/chain-time.ts"
import { claim } from "../../src/sdk/claim.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { locate } from "../../src/sdk/locate.ts"
import { readLeaving, startThaw, withdraw } from "../../src/sdk/stake.ts"
import { Governance__factory, type Governance } from "../../types/contracts/index.js"
import { Dispute, TOP, eachAlone, honestRun, lyingRun, openCourt } from "../faults/dispute.ts"
import type { Court } from "../faults/court.ts"
import { expectError } from "./expect-error.ts"

const DAY = 86_400n

/** While the guardian has stopped disputes, the registry's clock stands still, and everything that goes by it waits. */
describe("the two clocks", () => {
  let court: Court
  let provider: Client
  let address: string
  let governance: Governance
  let dispute: Dispute

  before(async () => {
    court = await openCourt()
    address = await court.providers[0].getAddress()
    provider = await connect(court.providers[0], court.registry.address)
    governance = Governance__factory.connect(await court.onus.governance(), court.onus.runner)
    dispute = await Dispute.open(court, lyingRun())
  })
  eachAlone(() => court)

  const pass = (seconds: bigint) => court.connection.networkHelpers.time.increase(seconds)
  const offset = async () => {
    const { time, clock } = await readClocks(provider)
    return time - clock
  }

  it("differ by all time for which disputes were stopped, and by that only", async () => {
    expect(await offset()).to.equal(0n)
    await governance.stopDisputes(DAY)
    await pass(DAY / 2n)
    expect(await offset()).to.equal(DAY / 2n)
    await pass(DAY)
    expect(await offset()).to.equal(DAY)
    await pass(DAY)
    expect(await offset()).to.equal(DAY)
  })

  it("move the end of a window, a thaw and a freeze, in Unix seconds", async () => {
    await startThaw(provider, 5n)
    await dispute.demand(TOP)
    const { receipt } = dispute.accused
    const place = { registry: court.registry, receipt }
    const [before, leaving] = [await locate(provider, place), await readLeaving(provider, address)]
    expect(leaving).to.include({ thawing: 5n, frozen: 5n })
    await governance.stopDisputes(DAY)
    await pass(2n * DAY)
    const [after, left] = [await locate(provider, place), await readLeaving(provider, address)]
    expect(after).to.deep.equal({ ...before, until: before.until + DAY })
    expect(left.maturesAt).to.equal(leaving.maturesAt + DAY)
    expect(left.frozenUntil).to.equal(leaving.frozenUntil + DAY)
  })

  it("keep a challenger from accusing a provider whose time stands still", async () => {
    await dispute.demand(TOP)
    const solver = new Solver(honestRun())
    const { due, dueBlock } = await dispute.demandOf(TOP.question)
    await governance.stopDisputes(DAY)
    await dispute.passTo(due + 1n, dueBlock)
    const state = await dispute.read()
    expect(state.unixTime).to.be.greaterThan(due)
    expect(solver.next(state)).to.deep.include({ kind: "wait", due, dueBlock })
    await pass(2n * DAY)
    expect(solver.next(await dispute.read()).kind).to.equal("withheld")
  })

  it("are named when somebody acts while they are stopped, and anchors while they are paused", async () => {
    const accused = dispute.accused
    await startThaw(provider, 5n)
    await dispute.demand(TOP)
    await dispute.passDue(TOP.question)
    const { payoutId } = (await dispute.convictWithheld(TOP.question)) as Conviction
    await pass(30n * DAY)
    await governance.stopDisputes(DAY)
    await expectError("DisputesStopped", () => withdraw(provider))
    await expectError("DisputesStopped", () => claim(provider, payoutId))
    await governance.pauseAnchors(DAY)
    const receipt = { ...accused.receipt, coverage: 3n, anchorBy: 4_000_000_000n }
    const { registry } = court
    const { hint } = await expectError("AnchorsPaused", () =>
      attest(provider, { registry, receipt, signature: "0x" }),
    )
    expect(hint).to.contain("guardian")
    await pass(2n * DAY)
    await expectError("ThawFrozen", () => withdraw(provider))
    // The dispute lasts for its blocks, too.
    await court.connection.networkHelpers.mine(1000)
    expect(await withdraw(provider)).to.include({ amount: 5n })
    expect(await claim(provider, payoutId, { receipt: accused.receipt })).to.have.length(2)
  })
})
