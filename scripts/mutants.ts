// Whether the tests notice when a contract is changed: `npm run mutants`. See --help.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { campaign, tally } from "./mutants/campaign.ts"
import type { Mutant } from "./mutants/generate.ts"
import { readKnown, staleOf } from "./mutants/known.ts"
import { HELP, type Options, readOptions } from "./mutants/options.ts"
import { allMutants, selected } from "./mutants/plan.ts"
import { Worker } from "./mutants/pool.ts"
import { loadProject, mochaOf } from "./mutants/project.ts"
import { describe, progressLine, summary } from "./mutants/report.ts"
import { shuffled } from "./mutants/sample.ts"
import { GATE, KNOWN } from "./mutants/subjects.ts"
import type { Verdict } from "./mutants/trial.ts"

/** Milliseconds for one mutant, and for the mocha tests of one: many times what they need. */
const LIMIT = 900_000
const MOCHA_LIMIT = 300_000

async function main(options: Options): Promise<number> {
  const project = await loadProject()
  const all = allMutants(project)
  const known = readKnown(join(project.root, KNOWN))
  const planned = shuffled(selected(all, project.root, options.only), options.seed)
  if (options.list) return list(planned.slice(0, options.count), options)
  const say = options.json ? console.error : console.log
  say(`${planned.length} of ${all.length} mutants can be tried, seed ${options.seed}`)
  const folder = mkdtempSync(join(tmpdir(), "onus-mutants-"))
  const workers = Array.from({ length: options.workers ?? availableParallelism() }, (_, i) => {
    return new Worker({ project, folder: join(folder, String(i)), mochaLimit: MOCHA_LIMIT })
  })
  const cleanUp = () => {
    for (const worker of workers) worker.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once("exit", cleanUp)
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => process.exit(code))

  const count = Math.min(options.count, planned.length)
  if (planned.some(({ file }) => mochaOf(project.root, file).length > 0)) build()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const lanes = workers.map((worker) => (mutant: Mutant) => attempt(worker, mutant))
  const results = await campaign(planned, count, known, lanes, (result, so_far) => {
    say(progressLine(result, so_far, count, tally(so_far), elapsed()))
  })
  const total = tally(results)
  const stale = staleOf(known, all)
  if (options.json)
    console.log(JSON.stringify({ ...total, gate: GATE, seed: options.seed, results, stale }, null, 2))
  else console.log(`\n${summary(results, total, stale, elapsed())}`)
  return total.score >= GATE ? 0 : 1
}

function list(mutants: readonly Mutant[], { json }: Options): number {
  console.log(json ? JSON.stringify(mutants, null, 2) : mutants.map(describe).join("\n"))
  return 0
}

/** What mocha tests run is taken from the project's artifacts. */
function build(): void {
  const shell = process.platform === "win32"
  const { status } = spawnSync("hardhat", ["build", "--quiet"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell,
  })
  if (status !== 0) throw new Error("The contracts cannot be built")
}

async function attempt(worker: Worker, mutant: Mutant): Promise<Verdict> {
  let answer = await worker.run(mutant, LIMIT)
  // A worker that died may have died of the mutants before this one.
  if (answer?.error) answer = await worker.run(mutant, LIMIT)
  if (answer?.error) throw new Error(`${describe(mutant)}\n${answer.error}`)
  return answer?.verdict ?? { kind: "killed", by: "the time limit" }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options) process.exit(await main(options))
  console.log(HELP)
} catch (error) {
  console.error((error as Error).message)
  process.exit(2)
}
