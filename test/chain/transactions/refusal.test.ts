import { expect } from "chai"
import { parseEther } from "ethers"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import { GWEI, Stage } from "./stage.ts"

describe("A transaction that would fail or cannot be paid", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  it("is refused, by the contract's own words, when later blocks repeat them; nothing is sent", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.overspend("a"))
    for (let block = 1; block <= 2; block++) {
      await tick()
      await tick()
      expect(transactions.pending()[0]).to.include({ stage: "retrying", failures: block })
      await stage.mine()
    }
    await tick()
    const outcome = await transactions.outcomeOf("a")
    expect(outcome).to.include({ state: "refused", code: "ERC20InsufficientBalance" })
    expect(outcome).to.have.property("reason").that.includes("needed=1")
    expect(transactions.counts.get("refusal")).to.equal(3)
    expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(0)
  })

  it("is sent when it would succeed after all", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.overspend("spend"))
    await tick()
    await transactions.submit(
      stage.mint("fund", 1n, {
        priority: Priority.Defence,
        data: stage.token.interface.encodeFunctionData("mint", [stage.key.address, 1n]),
      }),
    )
    await stage.mine()
    await tick()
    expect(await stage.finish(transactions, "spend")).to.include({ state: "confirmed" })
  })

  it("is not given up as long as something that was submitted earlier is on its way", async () => {
    const { transactions, tick } = await stage.open({ policy: { refuseAfter: 2 } })
    const data = stage.token.interface.encodeFunctionData("mint", [stage.key.address, 1n])
    await transactions.submit(stage.mint("fund", 1n, { data }))
    await transactions.submit(stage.overspend("spend"))
    for (let i = 0; i < 4; i++) {
      await tick()
      await stage.setBaseFee(10n * GWEI)
      await stage.mine()
    }
    expect(transactions.pending().find(({ key }) => key === "spend")).to.include({
      stage: "retrying",
      failures: 0,
    })
    await stage.setBaseFee(GWEI)
    expect(await stage.finish(transactions, "spend")).to.include({ state: "confirmed" })
  })

  it("is refused too when the node gives no reason", async () => {
    for (const words of ["execution reverted", "gas required exceeds allowance (50000000)"]) {
      const chain = stage.failing(new Map([["eth_estimateGas", new Error(words)]]))
      const { transactions, tick } = await stage.open({ policy: { refuseAfter: 1 }, chain })
      await transactions.submit(stage.mint("a", 5n))
      await tick()
      expect(await transactions.outcomeOf("a")).to.include({ state: "refused", code: "CallReverted" })
    }
  })

  it("is tried less and less often when time may cure it, until its deadline has passed", async () => {
    const { transactions, tick } = await stage.open({
      policy: { mayPass: new Set(["ERC20InsufficientBalance"]) },
    })
    const { timestamp } = (await stage.head()).latest
    await transactions.submit(stage.overspend("a", { deadline: timestamp + 1_000 }))
    for (let i = 0; i < 16; i++) {
      await tick()
      await stage.mine()
    }
    expect(transactions.pending()[0]).to.include({ stage: "retrying", failures: 5 })
    await stage.rpc("evm_increaseTime", 2_000)
    for (let i = 0; i < 33; i++) {
      await stage.mine()
      await tick()
    }
    expect(await transactions.outcomeOf("a")).to.include({
      state: "refused",
      code: "ERC20InsufficientBalance",
    })
  })

  it("does not hold up what stands behind it", async () => {
    const { transactions, tick } = await stage.open({ policy: { inFlight: 3 } })
    for (let i = 0; i < 9; i++) await transactions.submit(stage.overspend(`bad ${i}`))
    await transactions.submit(stage.mint("good", 5n))
    await tick()
    expect(await stage.finish(transactions, "good")).to.include({ state: "confirmed" })
  })

  it("is cancelled by a transfer of nothing when it was signed already and is stuck", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit({
      ...stage.mint("fund", 1n),
      data: stage.token.interface.encodeFunctionData("mint", [stage.key.address, 1n]),
    })
    await stage.finish(transactions, "fund")
    await transactions.submit(stage.overspend("spend"))
    await tick()
    const [{ hash }] = transactions.pending()
    // Its node forgets it; meanwhile the tokens are gone, by a call that is not made with this key.
    await stage.rpc("hardhat_dropTransaction", hash)
    await stage.burnTokens(stage.key.address)
    for (let i = 0; i < 12 && !(await transactions.outcomeOf("spend")); i++) {
      await stage.setBaseFee(100n * GWEI)
      await stage.mine()
      await stage.setBaseFee(GWEI)
      await tick()
      if (transactions.pending()[0]?.isCancelled) await stage.mine()
    }
    expect(await stage.finish(transactions, "spend")).to.include({
      state: "refused",
      code: "ERC20InsufficientBalance",
    })
    expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(2)
    await transactions.submit(stage.mint("next", 5n))
    expect(await stage.finish(transactions, "next")).to.include({ state: "confirmed" })
  })

  it("is refused when it needs more gas than a transaction may have", async () => {
    const { transactions, tick } = await stage.open({
      policy: { refuseAfter: 1 },
      chain: stage.answering({ eth_estimateGas: "0x1000001" }),
    })
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    expect(await transactions.outcomeOf("a")).to.include({ state: "refused", code: "GasTooHigh" })
  })

  it("waits for money, and says so; an answer to a challenge may use what is reserved", async () => {
    const { transactions, bell, tick } = await stage.open({ policy: { defenceReserve: parseEther("1") } })
    await stage.setBalance(parseEther("1"))
    await transactions.submit(stage.mint("anchor", 5n))
    await transactions.submit(stage.mint("claim", 6n, { priority: Priority.Claim }))
    await transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await tick()
    const stages = () => Object.fromEntries(transactions.pending().map(({ key, stage }) => [key, stage]))
    expect(stages()).to.deep.equal({ anchor: "waitingForFunds", claim: "queued", answer: "sent" })
    await stage.mine()
    await tick()
    expect(bell.standing.get("GasLow")).to.include({ severity: "critical" })
    await stage.setBalance(parseEther("5"))
    await stage.mine()
    await tick()
    expect(stages()).to.include({ anchor: "sent", claim: "sent" })
    await stage.mine()
    await tick()
    expect(bell.standing.has("GasLow")).to.equal(false)
  })

  it("may not take from the reserve as an anchor, however near its deadline is", async () => {
    const { transactions, tick } = await stage.open({ policy: { defenceReserve: parseEther("1") } })
    await stage.setBalance(parseEther("1"))
    const deadline = (await stage.head()).latest.timestamp + 10
    await transactions.submit(stage.mint("anchor", 5n, { deadline }))
    await tick()
    expect(transactions.pending()[0].stage).to.equal("waitingForFunds")
  })

  it("waits for money to give away, too", async () => {
    const { transactions, tick } = await stage.open()
    const intent = { ...stage.mint("a", 5n, { priority: Priority.Defence }), value: parseEther("11") }
    await transactions.submit({ ...intent, to: stage.recipient(5n), data: "0x" })
    await tick()
    expect(transactions.pending()[0].stage).to.equal("waitingForFunds")
    await stage.setBalance(parseEther("12"))
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
  })

  it("is started in an order that leaves no answer without money for the sake of an anchor", async () => {
    const { transactions, tick } = await stage.open({ policy: { defenceReserve: 0n } })
    await transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await tick()
    const cost = transactions.pending()[0].fee! * 200_000n
    await transactions.close()
    await stage.reset()
    const next = await stage.open({ policy: { defenceReserve: 0n } })
    await stage.setBalance(cost)
    for (let i = 0; i < 4; i++) await next.transactions.submit(stage.mint(`anchor ${i}`, 10n + BigInt(i)))
    await next.transactions.submit(stage.mint("answer", 7n, { priority: Priority.Defence }))
    await next.tick()
    const sent = next.transactions.pending().filter(({ stage }) => stage === "sent")
    expect(sent[0].nonce === 0 ? sent[0].key : "").to.equal("answer")
  })
})
