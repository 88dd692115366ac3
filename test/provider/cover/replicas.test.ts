import { expect } from "chai"
import fc from "fast-check"
import { ofReplica } from "../../../src/provider/cover/promises.ts"
import { StakeCover } from "../../../src/provider/cover/stake-cover.ts"
import type { BatchRecord } from "../../../src/provider/journal.ts"
import { Readiness } from "../../../src/service/readiness.ts"

const WHOLE = 100n
const NAMES = ["a", "b", "c"] as const
type Name = (typeof NAMES)[number]
type State = "flying" | "durable" | "included" | "anchored" | "released"

interface Promised {
  readonly by: Name
  readonly coverage: bigint
  state: State
  batch?: string
}

/** A stake of 100 on a chain and one journal, of which several replicas promise. */
class World {
  readonly promises: Promised[] = []
  readonly living = new Set<Name>(NAMES)
  #block = 1
  #batches = 0
  readonly covers = new Map<Name, StakeCover>()

  constructor(shares: Readonly<Record<Name, number>>) {
    for (const name of NAMES) {
      const promises = ofReplica({
        journal: this.#journal(),
        replicas: { others: () => Promise.resolve([...this.living].filter((one) => one !== name)) },
        name,
        share: shares[name],
      })
      this.covers.set(name, new StakeCover({ promises, readiness: new Readiness(), least: 1n }))
    }
  }

  sum(...states: readonly State[]): bigint {
    return this.promises.reduce(
      (all, { state, coverage }) => all + (states.includes(state) ? coverage : 0n),
      0n,
    )
  }

  /** What must be anchored yet, or is. */
  get owed(): bigint {
    return this.sum("flying", "durable", "included", "anchored")
  }

  move(from: State, to: State): void {
    const batch = to === "included" ? `batch ${++this.#batches}` : undefined
    for (const one of this.promises.filter(({ state }) => state === from)) {
      one.state = to
      if (batch !== undefined) one.batch = batch
    }
    this.#block++
  }

  ask(by: Name, coverage: bigint): void {
    try {
      this.covers.get(by)!.reserve(coverage)
    } catch {
      return
    }
    this.promises.push({ by, coverage, state: "flying" })
  }

  settle(by: Name): void {
    for (const one of this.promises) {
      if (one.by !== by || one.state !== "flying") continue
      one.state = "durable"
      this.covers.get(by)!.settled(one.coverage)
    }
  }

  look(name: Name): Promise<void> {
    const reserved = this.sum("included", "anchored")
    const stake = {
      capacity: WHOLE - reserved,
      locked: 2n * reserved,
      block: { number: this.#block, hash: "0x", parentHash: "0x", timestamp: 0 },
    }
    return this.covers.get(name)!.refresh(stake, () => Promise.resolve(this.sum("included")))
  }

  #journal() {
    const durable = (one: Promised) => one.state === "durable" || one.state === "included"
    return {
      promised: (_block: number, by?: string) =>
        Promise.resolve(
          this.promises.reduce(
            (all, one) => all + (durable(one) && (by ?? one.by) === one.by ? one.coverage : 0n),
            0n,
          ),
        ),
      batches: () => {
        const ids = new Set(
          this.promises.flatMap(({ state, batch }) => (state === "anchored" ? [batch!] : [])),
        )
        const records = [...ids].map((batchId) => ({
          batchId,
          anchoredAt: { block: 0, blockHash: "0x", time: 0 },
        }))
        return Promise.resolve(records as unknown as BatchRecord[])
      },
      coverageOf: (id: string) => {
        const sums = new Map<string, bigint>()
        for (const { by, coverage, batch } of this.promises)
          if (batch === id) sums.set(by, (sums.get(by) ?? 0n) + coverage)
        return Promise.resolve(sums)
      },
    }
  }
}

describe("the cover of several replicas", () => {
  it("is a share of all that there is: what another one has anchored does not make room again", async () => {
    const world = new World({ a: 0.5, b: 0.5, c: 0.000001 })
    for (const name of ["a", "b"] as const) {
      await world.look(name)
      world.ask(name, 50n)
      world.settle(name)
    }
    // The batch of one is final; the other's answers wait for the rest of the stake.
    world.promises[0].batch = "batch"
    world.promises[0].state = "anchored"
    await world.look("a")
    expect(world.covers.get("a")!.left).equal(0n)
    world.promises[0].state = "released"
    await world.look("a")
    expect(world.covers.get("a")!.left).equal(50n)
  })

  it("is not promised again by who takes the place of one that has died", async () => {
    const world = new World({ a: 0.5, b: 0.5, c: 0.5 })
    for (const name of ["a", "b"] as const) {
      await world.look(name)
      world.ask(name, 50n)
      world.settle(name)
    }
    world.living.delete("b")
    await world.look("c")
    expect(world.covers.get("c")!.left).equal(0n)
    world.move("durable", "included")
    world.move("included", "anchored")
    await world.look("c")
    expect(world.covers.get("c")!.left).equal(0n)
  })

  it("is never promised twice, in whatever order they answer, anchor and look", async () => {
    const name = fc.constantFrom(...NAMES)
    const step = fc.oneof(
      fc.record({ kind: fc.constant("ask" as const), name, coverage: fc.bigInt(5n, 30n) }),
      fc.record({ kind: fc.constantFrom("settle" as const, "look" as const), name }),
      fc.record({ kind: fc.constantFrom("anchor", "revert", "final", "release") }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 80 }), async (steps) => {
        const world = new World({ a: 0.5, b: 0.3, c: 0.2 })
        for (const one of NAMES) await world.look(one)
        for (const one of steps) {
          if (one.kind === "ask" && "coverage" in one) world.ask(one.name, one.coverage)
          else if (one.kind === "settle" && "name" in one) world.settle(one.name)
          else if (one.kind === "look" && "name" in one) await world.look(one.name)
          else if (one.kind === "anchor") world.move("durable", "included")
          else if (one.kind === "revert") world.move("included", "durable")
          else if (one.kind === "final") world.move("included", "anchored")
          else if (one.kind === "release") world.move("anchored", "released")
          expect(world.owed <= WHOLE, JSON.stringify(one.kind)).equal(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
