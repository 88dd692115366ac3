import { expect } from "chai"
import { Progress, campaignOf } from "../long/campaign.ts"
import { DAY, type Step } from "./exact.ts"
import { MIN_STAKE } from "./histories.ts"
import { Stage } from "./stage.ts"
import { Timeline } from "./timeline.ts"

/** Histories; a seed is the number of a timeline of some two dozen of them. */
const campaign = campaignOf({ short: 96, long: 100_000 })

const PROVIDER = "0x00000000000000000000000000000000000a11ce"

describe("Reputation", function () {
  this.timeout(0)
  let stage: Stage

  before(async () => {
    stage = await Stage.open()
  })

  after(() => stage.close())

  it(`is what the exact model says, and resists, in ${campaign.count} histories from timeline ${campaign.seed} on`, async () => {
    const progress = new Progress(campaign)
    let [number, histories, checks] = [campaign.seed, 0, 0]
    for (; histories < campaign.count; number++) {
      const timeline = new Timeline(stage, number)
      await timeline.run().catch((error: unknown) => {
        const again = `again: npm run test:long -- reputation --seed ${number} --count 1`
        throw new Error(`${(error as Error).message}; ${again}`, { cause: error })
      })
      histories += timeline.histories
      checks += timeline.checks
      progress.add(timeline.histories, number + 1)
    }
    console.log(
      `        ${histories} histories, ${checks} comparisons, ${progress.perSecond.toFixed(0)} a second`,
    )
  })

  for (const [name, score, fees, payers] of [
    ["one half", 5n, "2 %", 2],
    ["four fifths", 8n, "8 %", 8],
  ] as const) {
    it(`costs who serves itself ${fees} of the minimum stake for a score of ${name}, by ${payers} payers`, async () => {
      // A / 500 days * score / (1 - score), with A = 10 days of the minimum stake.
      const cost = (MIN_STAKE * 10n * score) / (500n * (10n - score))
      expect(cost).to.equal((MIN_STAKE * BigInt(fees.slice(0, 1))) / 100n)
      const least = cost / BigInt(payers)
      expect(await served(least, payers)).to.equal(score * 10n ** 17n)
      expect(await served(least - MIN_STAKE / 10n ** 9n, payers)).to.be.below(score * 10n ** 17n)
      expect(await served(2n * least, payers - 1)).to.be.below(score * 10n ** 17n)
    })
  }

  let next = 0n

  /** The score of a provider that serves itself far more than it needs to, and has fees paid for it. */
  async function served(fee: bigint, payers: number): Promise<bigint> {
    const provider = `0x${(BigInt(PROVIDER) + next++).toString(16).padStart(40, "0")}`
    const base = { provider, model: 0, window: 14n * 86_400n, keep: 100n, payer: 0 }
    const credit: Step & { provider: string } = { ...base, kind: "credit", amount: 1_000n * MIN_STAKE }
    const fees = Array.from({ length: payers }, (_, payer) => {
      return { ...base, kind: "fee" as const, amount: fee, payer }
    })
    await stage.play((await stage.now()) + 1n, [credit, ...fees, credit])
    const [{ overall }] = await stage.read([{ provider, model: 0, payer: 0 }])
    expect(overall.mass.exposure >= 1_000n * DAY).to.equal(true)
    return overall.score
  }
})
