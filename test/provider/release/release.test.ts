import { expect } from "chai"
import { id } from "ethers"
import type { BatchRecord } from "../../../src/provider/journal.ts"
import { Releaser } from "../../../src/provider/release/release.ts"
import { Onus__factory } from "../../../types/contracts/index.js"
import { answering } from "../helpers/contracts.ts"
import { Sending } from "../helpers/sending.ts"
import { viewAt } from "../helpers/view.ts"

interface Lock {
  since: bigint
  stopped: bigint
  untilBlock: bigint
  bond: bigint
}

describe("releasing", () => {
  let sending: Sending
  let records: BatchRecord[]
  let locks: Map<string, Lock>
  let released: string[]
  let isNearlyUsed: boolean
  const disputed = new Set<string>()

  beforeEach(() => {
    sending = new Sending()
    records = []
    locks = new Map()
    released = []
    isNearlyUsed = false
  })

  function open(minValue = 1n): Releaser {
    const lockOf = (batchId: string) => Promise.resolve(locks.get(batchId))
    const onus = answering(Onus__factory.connect(`0x${"aa".repeat(20)}`), { lockOf })
    return new Releaser({
      journal: {
        batches: () => Promise.resolve(records.filter(({ batchId }) => !released.includes(batchId))),
        released: (batchId) => Promise.resolve(void released.push(batchId)),
      },
      transactions: sending,
      client: { onus },
      cover: {
        get isNearlyUsed() {
          return isNearlyUsed
        },
      },
      isDisputed: (batchId) => Promise.resolve(disputed.has(batchId)),
      minValue,
    })
  }

  /** A batch that was anchored at 1,000 and can be challenged for 600 s. */
  function add(name: string, changes: Partial<Lock> = {}): string {
    const batchId = id(name)
    const batch = {
      provider: `0x${"11".repeat(20)}`,
      modelId: id("model"),
      root: batchId,
      count: 1n,
      coverage: 5n,
      window: 600n,
    }
    const anchoredAt = { block: 1_000, blockHash: id("block"), time: 1_000 }
    records.push({ batchId, batch, state: "anchored", anchoredAt, anchorBy: 2_000n })
    locks.set(batchId, { since: 1_000n, stopped: 0n, untilBlock: 0n, bond: 10n, ...changes })
    return batchId
  }

  it("gives several bonds back in one transaction, once the windows are over by time and by blocks", async () => {
    const releaser = open()
    add("one")
    add("two")
    add("later", { untilBlock: 1_700n })
    await releaser.tick(viewAt(1_600))
    expect(sending.intents.size).equal(0)
    await releaser.tick(viewAt(1_601))
    expect(sending.intents.size).equal(1)
    const [{ data, kind }] = sending.intents.values()
    const { onus } = { onus: Onus__factory.createInterface() }
    const [batches] = onus.decodeFunctionData("releaseBatches", data) as unknown as [unknown[]]
    expect([kind, batches.length]).deep.equal(["release", 2])
  })

  it("counts the time for which disputes were stopped", async () => {
    const releaser = open()
    add("one")
    await releaser.tick(viewAt(1_700, { clock: 1_500n }))
    expect(sending.intents.size).equal(0)
    await releaser.tick(viewAt(1_801, { clock: 1_601n }))
    expect(sending.intents.size).equal(1)
  })

  it("leaves little bonds until they are worth it together, or cover is needed", async () => {
    const releaser = open(25n)
    add("one")
    add("two")
    await releaser.tick(viewAt(1_700))
    expect(sending.intents.size).equal(0)
    isNearlyUsed = true
    await releaser.tick(viewAt(1_701))
    expect(sending.intents.size).equal(1)
  })

  it("believes that a bond is given back when no reorganisation can change it, whoever did it", async () => {
    const releaser = open()
    const one = add("one")
    locks.set(one, { ...locks.get(one)!, bond: 0n })
    await releaser.tick(viewAt(1_700))
    await releaser.tick(viewAt(1_709))
    expect(released).deep.equal([])
    await releaser.tick(viewAt(1_710))
    expect(released).deep.equal([one])
    expect(sending.intents.size).equal(0)
  })

  it("tries the rest again when somebody else has released one of them", async () => {
    const releaser = open()
    const [one] = [add("one"), add("two")]
    await releaser.tick(viewAt(1_700))
    await releaser.tick(viewAt(1_701))
    expect(sending.submitted).equal(1)
    const [key] = sending.intents.keys()
    sending.outcomes.set(key, { state: "refused", code: "NothingLocked", reason: "NothingLocked()" })
    locks.set(one, { ...locks.get(one)!, bond: 0n })
    await releaser.tick(viewAt(1_702))
    expect(sending.submitted).equal(2)
    expect([...sending.intents.keys()]).not.deep.equal([key])
  })

  it("is not over for a batch all of whose bond was set apart for a game, until that is", async () => {
    const releaser = open()
    const batchId = add("disputed", { bond: 0n })
    disputed.add(batchId)
    for (const time of [1_601, 1_620, 1_700]) await releaser.tick(viewAt(time))
    expect(released).deep.equal([])
    disputed.delete(batchId)
    await releaser.tick(viewAt(1_701))
    expect(released).deep.equal([batchId])
  })
})
