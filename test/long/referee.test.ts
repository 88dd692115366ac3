import { expect } from "chai"
import { hexlify } from "ethers"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { Body, type Step, widthOf } from "../../src/protocol/program.ts"
import { generator } from "../engine/operators/differential/spec.ts"
import { show } from "../referee/judge.ts"
import { Progress, campaignOf } from "./campaign.ts"
import { type Case, drawCase, someElements } from "./cases.ts"
import { Harness } from "./harness.ts"

/** What is known of the steps beforehand, in place of any that may come, is in `test/referee`. */
const campaign = campaignOf({ short: 10_000, long: 1_000_000 })

describe("Referee and reference", function () {
  this.timeout(0)

  it(`have the same bits for ${campaign.count} elements of any step, from case ${campaign.seed} on`, async () => {
    const harnesses = await Promise.all([Harness.open(), Harness.open()])
    const progress = new Progress(campaign)
    const bodies = new Map<Body, number>()
    const names = new Set<string>()
    let [next, done] = [campaign.seed, 0]
    const work = async (harness: Harness): Promise<void> => {
      while (done < campaign.count) {
        const number = next++
        const drawn = drawCase(number)
        for (const [i, step] of (drawn?.steps ?? []).entries()) {
          const checked = await check(harness, drawn!, step, number, i)
          bodies.set(step.body, (bodies.get(step.body) ?? 0) + checked)
          done += checked
          progress.add(checked, next - harnesses.length)
        }
        if (drawn) names.add(drawn.name)
      }
    }
    await Promise.all(harnesses.map(work))
    const parts = Object.entries(Body).map(([name, body]) => `${bodies.get(body) ?? 0} ${name}`)
    const cases = `${next - campaign.seed} cases of ${names.size} kinds`
    console.log(
      `        ${done} elements (${parts.join(", ")}), ${cases}, ${progress.perSecond.toFixed(0)} a second`,
    )
    await Promise.all(harnesses.map((harness) => harness.close()))
  })
})

/** Compares some elements of step `i` of a case. @returns how many. */
async function check(harness: Harness, { name, bytes }: Case, step: Step, number: number, i: number) {
  const elements = someElements(step, generator(`elements of step ${i}`, number))
  const where = `case ${number} (${name}), step ${i}; again: npm run test:long -- referee --seed ${number} --count 1`
  const right = elements.map((element) => hexOf(evaluate(step, element, bytes), step))
  const judged = await harness.elements(step, elements, bytes).catch((error: unknown) => {
    throw new Error(`${where}: ${(error as Error).message}\n${show(step)}`, { cause: error })
  })
  const wrong = elements.flatMap((element, k) =>
    judged[k] === right[k] ? [] : [`element ${element}: ${judged[k]}, not ${right[k]}`],
  )
  expect(wrong.slice(0, 5), wrong.length > 0 ? `${where}\n${show(step)}` : "").to.deep.equal([])
  expect(judged.length).to.equal(elements.length)
  return elements.length
}

/** The bytes of an element, from its bits. */
function hexOf(bits: bigint, { output }: Step): string {
  const length = widthOf(output.type)
  return hexlify(Uint8Array.from({ length }, (_, k) => Number((bits >> BigInt(8 * k)) & 0xffn)))
}
