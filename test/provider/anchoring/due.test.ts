import { expect } from "chai"
import { dueReason } from "../../../src/provider/anchoring/due.ts"
import { Pace } from "../../../src/provider/anchoring/pace.ts"
import { Retries } from "../../../src/service/retries.ts"

const limits = { maxCount: 100, maxAge: 600, margin: 300, waitAbove: 30n }
const group = { count: 5, issuedAt: 10_000n, anchorBy: 13_600n }
const calm = { now: 10_060, margin: 300, baseFee: 10n, isCoverUsed: false }

describe("receipts that wait", () => {
  it("wait for more as long as nothing presses", () => {
    expect(dueReason(group, limits, calm)).equal(undefined)
    expect(dueReason({ ...group, count: 0 }, limits, { ...calm, now: 99_999 })).equal(undefined)
  })

  it("are anchored when there are enough, when one is old, and when cover is nearly used up", () => {
    expect(dueReason({ ...group, count: 100 }, limits, calm)).equal("count")
    expect(dueReason(group, limits, { ...calm, now: 10_600 })).equal("age")
    expect(dueReason(group, limits, { ...calm, isCoverUsed: true })).equal("cover")
  })

  it("wait for cheaper gas, but never beyond the margin before the first anchorBy", () => {
    const dear = { ...calm, baseFee: 31n, isCoverUsed: true }
    expect(dueReason({ ...group, count: 1_000 }, limits, { ...dear, now: 13_299 })).equal(undefined)
    expect(dueReason(group, limits, { ...dear, now: 13_300 })).equal("anchorBy")
    expect(dueReason(group, limits, { ...dear, now: 99_999 })).equal("anchorBy")
  })
})

describe("the pace of a chain", () => {
  const block = (number: number, timestamp: number) => ({ number, timestamp, hash: "", parentHash: "" })

  it("makes the margin larger when blocks come slowly, and small again when that is long ago", () => {
    const pace = new Pace()
    for (const [number, time] of [
      [1, 0],
      [2, 12],
      [3, 24],
    ] as const)
      pace.observe(block(number, time))
    expect(pace.margin(60)).equal(72)
    pace.observe(block(4, 324))
    expect(pace.margin(60)).equal(1_800)
    for (let i = 0; i < 20; i++) pace.observe(block(5 + i, 336 + 12 * i))
    expect(pace.margin(60)).equal(72)
    expect(pace.margin(600)).equal(600)
  })

  it("takes no notice of a head that goes back", () => {
    const pace = new Pace()
    for (const [number, time] of [
      [5, 60],
      [3, 36],
      [6, 72],
    ] as const)
      pace.observe(block(number, time))
    expect(pace.margin(1)).equal(72)
  })
})

describe("what is tried again", () => {
  it("waits longer each time, by the time it is told", () => {
    const retries = new Retries()
    expect(retries.isDue("a", 0)).equal(false)
    expect(retries.isDue("a", 29)).equal(false)
    expect(retries.isDue("a", 30)).equal(true)
    retries.postpone("a", 30)
    expect(retries.waits("a", 89)).equal(true)
    expect(retries.waiting(89)).equal(1)
    expect(retries.isDue("a", 90)).equal(true)
    retries.forget("a")
    expect(retries.waits("a", 0)).equal(false)
  })
})
