import { expect } from "chai"
import { cases } from "../../long/campaign.ts"
import { type Random, seeded } from "../../referee/float32-cases.ts"
import { KINDS, type Kind, type RandomStep, randomStep } from "../random-steps.ts"
import { largeElementwise, largeMove, largeReduction } from "./random-large.ts"
import { randomProduct } from "./random-products.ts"
import { randomWindows } from "./random-windows.ts"
import { engineResults, expectedOf } from "./run-steps.ts"

const SEED = 0x6f6e7573
/** Steps of one program at the most. */
const BATCH = 50

/** What the steps of a family are made by, and how many of them are tried: half as many in `npm test`. */
const FAMILIES: Readonly<Record<string, readonly [(random: Random) => RandomStep, number]>> = {
  ...Object.fromEntries(
    (Object.keys(KINDS) as Kind[]).map((kind) => [kind, [(random: Random) => randomStep(random, kind), 600]]),
  ),
  "products of float32": [(random) => randomProduct(random, "float"), 1000],
  "products of 8 bits": [(random) => randomProduct(random, "bytes"), 1000],
  "large products of float32": [(random) => randomProduct(random, "float", true), 24],
  "large products of 8 bits": [(random) => randomProduct(random, "bytes", true), 24],
  "many elements": [largeElementwise, 300],
  "many terms": [largeReduction, 300],
  "moves of many elements": [largeMove, 300],
  "folds over windows": [randomWindows, 300],
}

/** Threads of programs, in turn. */
const THREADS = [1, 2]

describe("The engine computes every bit that the reference interpreter computes", () => {
  for (const [name, [make, most]] of Object.entries(FAMILIES)) {
    const count = cases({ long: most, short: Math.ceil(most / 2) })
    it(`for random steps: ${name}`, async function () {
      this.timeout(0)
      const batch = Math.min(BATCH, count / 2)
      for (let first = 0; first < count; first += batch) {
        const seeds = Array.from({ length: batch }, (_, i) => SEED + (first + i) * 7919)
        const steps = seeds.map((seed) => make(seeded(seed)))
        const results = await engineResults(steps, { threads: THREADS[(first / batch) % 2] })
        steps.forEach((step, i) => {
          const same = Buffer.compare(results[i], expectedOf(step)) === 0
          expect(same, `the step of seed ${seeds[i]}`).to.equal(true)
        })
      }
    })
  }
})
