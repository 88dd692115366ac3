import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { type Result, campaign } from "./campaign.ts"
import { type Mutant, describe } from "./generate.ts"
import type { Known } from "./known.ts"
import { Worker } from "./pool.ts"
import { type Project, mochaOf } from "./project.ts"
import type { Verdict } from "./trial.ts"

/** Milliseconds for one mutant, and for the mocha tests of one: many times what they need. */
const LIMIT = 600_000
const MOCHA_LIMIT = 300_000

/** What is to be tried. */
export interface Plan {
  readonly mutants: readonly Mutant[]
  readonly count: number
  readonly known: readonly Known[]
  /** As many as there are processors if not given. */
  readonly workers: number | undefined
}

/** Runs a campaign in processes of its own, which leave nothing behind however it ends. */
export async function run(
  project: Project,
  { mutants, count, known, workers = availableParallelism() }: Plan,
  report: (result: Result, all: readonly Result[]) => void,
): Promise<Result[]> {
  if (mutants.some(({ file }) => mochaOf(project.root, file).length > 0)) build()
  const folder = mkdtempSync(join(tmpdir(), "onus-mutants-"))
  const pool = Array.from({ length: workers }, (_, i) => {
    return new Worker({ project, folder: join(folder, String(i)), mochaLimit: MOCHA_LIMIT })
  })
  const cleanUp = () => {
    for (const worker of pool) worker.end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once("exit", cleanUp)
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143))
  try {
    const lanes = pool.map((worker) => (mutant: Mutant) => attempt(worker, mutant))
    return await campaign(mutants, count, known, lanes, report)
  } finally {
    cleanUp()
    process.off("exit", cleanUp)
  }
}

/** What mocha tests run is taken from the project's artifacts. */
function build(): void {
  const shell = process.platform === "win32"
  const stdio = ["ignore", "ignore", "inherit"] as const
  const { status } = spawnSync("hardhat", ["build", "--quiet"], { stdio: [...stdio], shell })
  if (status !== 0) throw new Error("The contracts cannot be built")
}

async function attempt(worker: Worker, mutant: Mutant): Promise<Verdict> {
  let answer = await worker.run(mutant, LIMIT)
  // A worker that died may have died of the mutants before this one.
  if (answer?.died) answer = await worker.run(mutant, LIMIT)
  if (answer?.error) throw new Error(`${answer.error}\nwhile this was tried: ${describe(mutant)}`)
  return answer?.verdict ?? { kind: "killed", by: "the time limit" }
}
