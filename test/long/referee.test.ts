import { Body } from "../../src/protocol/program.ts"
import { generator } from "../engine/operators/differential/spec.ts"
import { CallBatch } from "../helpers/call-batch.ts"
import { Comparison } from "../referee/judge.ts"
import { Progress, campaignOf } from "./campaign.ts"
import { drawCase, someElements } from "./cases.ts"

/** What is known of the steps beforehand, in place of any that may come, is in `test/referee`. */
const campaign = campaignOf({ short: 10_000, long: 1_000_000 })
/** Elements that the contract is asked for at once. */
const TOGETHER = 20_000

describe("Referee and reference", function () {
  this.timeout(0)

  it(`have the same bits for ${campaign.count} elements of any step, from case ${campaign.seed} on`, async () => {
    const batch = await CallBatch.of("RefereeHarness")
    const progress = new Progress(campaign)
    const bodies = new Map<Body, number>()
    const names = new Set<string>()
    let [next, done] = [campaign.seed, 0]
    while (done < campaign.count) {
      const asked: { where: string; comparison: Comparison }[] = []
      const until = done + Math.min(TOGETHER, campaign.count - done)
      const before = done
      for (; done < until; next++) {
        const drawn = drawCase(next)
        if (drawn) names.add(drawn.name)
        for (const [i, step] of (drawn?.steps ?? []).entries()) {
          const where = `case ${next} (${drawn!.name}), step ${i}; again: npm run test:long -- referee --seed ${next} --count 1`
          const elements = someElements(step, generator(`elements of step ${i}`, next))
          asked.push({ where, comparison: new Comparison(batch, step, elements, drawn!.bytes) })
          bodies.set(step.body, (bodies.get(step.body) ?? 0) + elements.length)
          done += elements.length
        }
      }
      await batch.run()
      for (const { where, comparison } of asked) await comparison.expectSame(where)
      progress.add(done - before, next)
    }
    const parts = Object.entries(Body).map(([name, body]) => `${bodies.get(body) ?? 0} ${name}`)
    const cases = `${next - campaign.seed} cases of ${names.size} kinds`
    console.log(
      `        ${done} elements (${parts.join(", ")}), ${cases}, ${progress.perSecond.toFixed(0)} a second`,
    )
  })
})
