import { expect } from "chai"
import { Campaign } from "./campaign.ts"

const LONG = process.env.ONUS_LONG === "1"
const SEED = Number(process.env.ONUS_SEED ?? 0x6c696172)
/** Answers altogether, and in one campaign. */
const COUNT = LONG ? Number(process.env.ONUS_COUNT ?? 1_000) : 60
const EACH = 60

describe("A challenger among liars", function () {
  this.timeout(0)

  it(`convicts every lie and accuses nobody else: ${COUNT} answers of random networks`, async () => {
    let told = 0
    for (let done = 0, seed = SEED; done < COUNT; done += EACH, seed++) {
      const outcome = await new Campaign(seed).run(Math.min(EACH, COUNT - done))
      const { answers, lies, escaped, wronged, isSettled } = outcome
      told += lies
      if (LONG) console.log(`seed ${seed}: ${answers} answers, ${lies} lies`)
      expect({ escaped, wronged, isSettled }, `seed ${seed}`).to.deep.equal({
        escaped: [],
        wronged: [],
        isSettled: true,
      })
    }
    expect(told).to.be.above(COUNT / 10)
  })
})
