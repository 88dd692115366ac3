import { expect } from "chai"
import fc from "fast-check"
import { ofOne } from "../../../src/provider/cover/promises.ts"
import { StakeCover } from "../../../src/provider/cover/stake-cover.ts"
import { Readiness } from "../../../src/service/readiness.ts"
import { expectError } from "../../sdk/expect-error.ts"

const stateAt = (number: number, capacity: bigint) => ({
  capacity,
  locked: 0n,
  block: { number, hash: `0x${number}`, parentHash: "0x", timestamp: number },
})

function open(journal: { promised(block: number): Promise<bigint> }, share = 1) {
  const readiness = new Readiness()
  return { readiness, cover: new StakeCover({ promises: ofOne(journal, share), readiness, least: 5n }) }
}

describe("the cover of a provider", () => {
  it("is what can be anchored, less what is promised already", async () => {
    const { cover, readiness } = open({ promised: () => Promise.resolve(30n) })
    expect(cover.left).equal(0n)
    await cover.refresh(stateAt(1, 100n))
    expect(cover.left).equal(70n)
    cover.reserve(60n)
    expect(cover.left).equal(10n)
    await expectError("CoverExhausted", () => cover.reserve(11n))
    cover.free(60n)
    expect(cover.left).equal(70n)
    expect(readiness.isReady).equal(true)
  })

  it("is a share of it for one of several replicas", async () => {
    const { cover } = open({ promised: () => Promise.resolve(0n) }, 0.25)
    await cover.refresh(stateAt(1, 100n))
    expect(cover.left).equal(25n)
  })

  it("stops new work when less is left than an answer takes, and says when batches should not wait", async () => {
    let promised = 70n
    const { cover, readiness } = open({ promised: () => Promise.resolve(promised) })
    await cover.refresh(stateAt(1, 100n))
    expect(cover.isNearlyUsed).equal(false)
    promised = 96n
    await cover.refresh(stateAt(2, 100n))
    expect(cover.isNearlyUsed).equal(true)
    expect(readiness.problems.map(({ check }) => check)).deep.equal(["cover"])
    promised = 10n
    await cover.refresh(stateAt(3, 100n))
    expect(readiness.isReady).equal(true)
  })

  it("is not for a process that stood still, whose part others may have by now", async () => {
    const { readiness } = open({ promised: () => Promise.resolve(0n) })
    const promises = ofOne({ promised: () => Promise.resolve(0n) }, 1)
    let isHeard = true
    const cover = new StakeCover({ promises, readiness, least: 1n, isHeard: () => isHeard })
    await cover.refresh(stateAt(1, 100n))
    cover.reserve(1n)
    isHeard = false
    await expectError("NotReady", () => cover.reserve(1n))
  })

  it("promises nothing of a stake that has become less than what is promised", async () => {
    const { cover } = open({ promised: () => Promise.resolve(80n) })
    await cover.refresh(stateAt(1, 50n))
    expect(cover.left).equal(0n)
    await expectError("CoverExhausted", () => cover.reserve(1n))
  })

  it("counts a batch once that becomes final while it is counted", async () => {
    let anchored = false
    const journal = { promised: () => Promise.resolve(anchored ? 0n : 40n) }
    const { cover } = open(journal)
    // The capacity at this block has the batch already, and the journal learns that it is final after it was summed.
    await cover.refresh(stateAt(7, 60n), () => {
      anchored = true
      return Promise.resolve(0n)
    })
    expect(cover.left).equal(20n)
    await cover.refresh(stateAt(8, 60n), () => Promise.resolve(0n))
    expect(cover.left).equal(60n)
  })

  it("never promises more than there is, in whatever order claims, failures, anchors and reorganisations come", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("ask" as const), coverage: fc.bigInt(1n, 40n) }),
      fc.record({ kind: fc.constantFrom("settle", "fail", "abandon", "anchor", "revert", "final", "look") }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        // What is true: a stake of 100 of which batches on-chain reserve their part.
        const flying: bigint[] = []
        let [durable, batched, final] = [[], [], []] as bigint[][]
        const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n)
        const { cover } = open({ promised: () => Promise.resolve(sum(durable) + sum(batched)) })
        for (const [number, one] of steps.entries()) {
          if (one.kind === "ask") {
            try {
              cover.reserve((one as { coverage: bigint }).coverage)
              flying.push((one as { coverage: bigint }).coverage)
            } catch {
              continue
            }
          } else if (one.kind === "settle" && flying.length > 0) {
            const claim = flying.shift()!
            durable.push(claim)
            cover.settled(claim)
          } else if (one.kind === "fail" && flying.length > 0) cover.free(flying.pop()!)
          else if (one.kind === "abandon" && durable.length > 0) {
            const claim = durable.pop()!
            cover.unsettled(claim)
            cover.free(claim)
          } else if (one.kind === "anchor") [batched, durable] = [[...batched, ...durable], []]
          else if (one.kind === "revert") [durable, batched] = [[...durable, ...batched], []]
          else if (one.kind === "final") [final, batched] = [[...final, ...batched], []]
          else if (one.kind === "look") {
            const onChain = sum(batched)
            await cover.refresh(stateAt(number, 100n - onChain - sum(final)), () => Promise.resolve(onChain))
          }
          expect(sum([...flying, ...durable, ...batched, ...final]) <= 100n, JSON.stringify(one.kind)).equal(
            true,
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})
