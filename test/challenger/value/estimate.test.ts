import { expect } from "chai"
import { estimate, refusalOf } from "../../../src/challenger/value/estimate.ts"
import { PROBABILITIES } from "../../../src/challenger/value/policy.ts"
import { rewardOf } from "../../../src/challenger/value/reward.ts"
import { roundsOf } from "../../../src/challenger/value/gas.ts"

const UNIT = 10n ** 18n
const GWEI = 10n ** 9n
const DAY = 86_400n

describe("what a case is worth", () => {
  const prospect = { way: "hidden", reward: 100n * UNIT, bond: UNIT / 100n, gas: 1_000_000n } as const
  const policy = { price: UNIT / 1_000n, probabilities: PROBABILITIES }

  it("is the reward by its probability, less gas, less bonds by the rest of it", () => {
    const { value, cost, probability } = estimate(prospect, policy, 20n * GWEI, UNIT)
    expect(cost).equal(20_000_000n * GWEI)
    expect(probability).equal(0.9)
    // 0.9 x 0.1 - 0.02 - 0.1 x 0.01 ether
    expect(value).equal(69_000_000n * GWEI)
  })

  it("is decided by the reward alone if nobody says what a token is worth", () => {
    const expected = estimate(prospect, { ...policy, price: undefined }, 20n * GWEI, UNIT)
    expect("value" in expected).equal(false)
    const show = (units: bigint) => `${units / UNIT} DEMO`
    expect(refusalOf(expected, { minReward: 100n * UNIT, minValue: 2n ** 200n }, show)).equal(undefined)
    expect(refusalOf(expected, { minReward: 101n * UNIT, minValue: 0n }, show)).equal(
      "The reward would be 100 DEMO, less than 101 DEMO",
    )
  })

  it("is refused when it is expected to cost more than it brings", () => {
    const dear = estimate(prospect, policy, 100n * GWEI, UNIT)
    expect(refusalOf(dear, { minReward: 0n, minValue: 0n }, String)).contain("-0.011 ether")
    // What somebody else has begun is not worth as much gas.
    const joined = estimate({ ...prospect, way: "joined" }, policy, 40n * GWEI, UNIT)
    expect(refusalOf(joined, { minReward: 0n, minValue: 0n }, String)).contain("less than 0.0")
  })

  it("takes as many demands as the tree has levels, nine at a time, and the chunk", () => {
    expect([0, 1, 9, 10, 18, 19].map(roundsOf)).deep.equal([2, 2, 2, 3, 3, 4])
  })
})

describe("the reward of a conviction", () => {
  const now = 1_000n * DAY
  const stake = { active: 1_000n * UNIT, locked: 20n * UNIT, thawing: 0n, faults: [0n, 0n] as const }

  it("is a fifth of the bond and of the punitive part", () => {
    expect(rewardOf({ ...stake, bond: 2n * UNIT, reserved: 2n * UNIT }, now)).equal((12n * UNIT) / 5n)
    expect(rewardOf({ ...stake, bond: 20n * UNIT, reserved: 20n * UNIT }, now)).equal(8n * UNIT)
    expect(rewardOf({ ...stake, bond: 0n, reserved: 0n }, now)).equal(2n * UNIT)
  })

  it("doubles with each fault within 90 days, and takes no more than is unreserved", () => {
    const one = { ...stake, bond: 0n, reserved: 0n, faults: [now - DAY, now - 91n * DAY] as const }
    expect(rewardOf(one, now)).equal(4n * UNIT)
    expect(rewardOf({ ...one, faults: [now - DAY, now - 2n * DAY] }, now)).equal(8n * UNIT)
    const poor = { ...stake, active: 25n * UNIT, bond: 20n * UNIT, reserved: 20n * UNIT }
    expect(rewardOf(poor, now)).equal(5n * UNIT)
    expect(rewardOf({ ...poor, thawing: 5n * UNIT }, now)).equal(6n * UNIT)
  })
})
