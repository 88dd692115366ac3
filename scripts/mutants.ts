// Whether the tests notice when a contract is changed: `npm run mutants`. See --help.
import { join } from "node:path"
import { tally } from "./mutants/campaign.ts"
import { type Mutant, describe } from "./mutants/generate.ts"
import { readKnown, staleOf } from "./mutants/known.ts"
import { HELP, type Options, readOptions } from "./mutants/options.ts"
import { allMutants, selected } from "./mutants/plan.ts"
import { loadProject } from "./mutants/project.ts"
import { progressLine, summary } from "./mutants/report.ts"
import { run } from "./mutants/run.ts"
import { shuffled } from "./mutants/sample.ts"
import { GATE, KNOWN } from "./mutants/subjects.ts"

async function main(options: Options): Promise<number> {
  const project = await loadProject()
  const all = allMutants(project)
  const known = readKnown(join(project.root, KNOWN))
  const mutants = shuffled(selected(all, project.root, options.only), options.seed)
  if (options.list) return list(mutants.slice(0, options.count), options)
  const say = options.json ? console.error : console.log
  say(`${mutants.length} of ${all.length} mutants can be tried, seed ${options.seed}`)
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const count = Math.min(options.count, mutants.length)
  const results = await run(project, { ...options, mutants, count, known }, (result, some) => {
    say(progressLine(result, some, count, tally(some), elapsed()))
  })
  const total = tally(results)
  const stale = staleOf(known, all)
  const data = { ...total, gate: GATE, seed: options.seed, seconds: elapsed(), results, stale }
  console.log(options.json ? JSON.stringify(data, null, 2) : `\n${summary(results, total, stale, elapsed())}`)
  return total.score >= GATE ? 0 : 1
}

function list(mutants: readonly Mutant[], { json }: Options): number {
  console.log(json ? JSON.stringify(mutants, null, 2) : mutants.map(describe).join("\n"))
  return 0
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options) process.exitCode = await main(options)
  else console.log(HELP)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
