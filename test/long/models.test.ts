import { expect } from "chai"
import { LocalReferee } from "../../src/cli/check/local-referee.ts"
import { checkStep } from "../../src/cli/check/check-steps.ts"
import { report } from "../../src/cli/check/report.ts"
import { stepCosts } from "../../src/engine/program/provable.ts"
import { seededDraw } from "../../src/engine/audit/sample.ts"
import type { Inputs } from "../../src/engine/executor.ts"
import { elementsOf } from "../../src/engine/onnx/elements.ts"
import { lowerWith } from "../../src/engine/program/freeze.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { Engine } from "../../src/engine/wasm/engine.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { generator } from "../engine/operators/differential/spec.ts"
import { Progress, campaignOf } from "./campaign.ts"
import { type Named, drawGraph } from "./cases.ts"

const campaign = campaignOf({ short: 60, long: 20_000 })

describe("Engine, openings and contract", function () {
  this.timeout(0)

  it(`agree on every step of ${campaign.count} models, from case ${campaign.seed} on`, async () => {
    const referee = await LocalReferee.open()
    const progress = new Progress(campaign)
    let steps = 0
    for (let done = 0; done < campaign.count; done++) {
      const number = campaign.seed + done
      const drawn = drawGraph(generator("models", number))
      const checked = await checkGraph(referee, drawn, number)
      const again = `again: npm run test:long -- models --seed ${number} --count 1`
      expect(checked?.holds ?? true, `case ${number} (${drawn.name}); ${again}\n${checked?.text}`).to.equal(
        true,
      )
      steps += checked?.steps ?? 0
      progress.add(1, number + 1)
    }
    console.log(`        ${steps} steps, ${progress.perSecond.toFixed(1)} models a second`)
    await referee.close()
  })
})

/** What `onus model check` would say of a graph; `undefined` if it is refused. */
async function checkGraph(referee: LocalReferee, { graph, inputs }: Named, number: number) {
  const program = accepted(() => lowerWith(graph, inputs).program)
  if (!program) return undefined
  const engine = await Engine.create(program)
  const values = program.inputs.map(({ name }) => [name, elementsOf(inputs.get(name)!)] as const)
  const run = await engine.run(Object.fromEntries(values) as Inputs, "kept")
  await engine.close()
  const commitment = commit(run)
  const costs = stepCosts(program)
  const sampled = new Map<number, Awaited<ReturnType<typeof checkStep>>>()
  for (const { step, transactions } of costs) {
    if (transactions === undefined) continue
    sampled.set(step, await checkStep(referee, run, commitment, step, 1, seededDraw(number)))
  }
  const { data, lines } = report({ program, seed: number, costs, sampled })
  return { holds: data.holds, steps: costs.length, text: lines.join("\n") }
}

function accepted<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (isOnusError(error)) return undefined
    throw error
  }
}
