// Proves the assertions of the models in formal/, and refutes them where a rule is broken. See --help.
import { readdirSync } from "node:fs"
import { basename } from "node:path"
import { parseArgs } from "node:util"
import { type Assertion, type Model, type Verdict, loadModel, readVerdict } from "./formal/model.ts"
import { MUTANTS } from "./formal/mutants.ts"
import { type Solver, createSolver } from "./formal/solver.ts"

const MODELS = readdirSync(new URL("../formal/", import.meta.url)).map((file) => basename(file, ".sol"))
const SOLVERS = 2

const HELP = `Proves what the models in formal/ assert, for every sequence of calls, and shows that it can be refuted:
with a broken rule (scripts/formal/mutants.ts) each has a counterexample.

  npm run formal                            everything
  npm run formal -- --only Bonds            one model, and its broken rules
  npm run --silent formal -- --json         the same as data

Models: ${MODELS.join(", ")}.

Exit code: 0 if all is proved and every broken rule refuted; 1 if not, also for what is unknown; 2 for wrong arguments.`

interface Job {
  readonly model: Model
  readonly assertion: Assertion
  /** Which rule is broken. */
  readonly broken?: string
}

interface Result {
  readonly model: string
  readonly line: number
  readonly condition: string
  readonly claim: string
  readonly broken?: string
  readonly expected: Verdict
  readonly verdict: Verdict
  readonly seconds: number
}

function readOptions(): { names: readonly string[]; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const { only, json } = values
    if (only !== undefined && !MODELS.includes(only)) throw new Error(`There is no model ${only}`)
    return { names: only === undefined ? MODELS : [only], json }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

function proofs(name: string): Job[] {
  const model = loadModel(name)
  return model.assertions.map((assertion) => ({ model, assertion }))
}

function refutations(name: string): Job[] {
  return MUTANTS.filter((mutant) => mutant.model === name).map((mutant) => {
    const model = loadModel(name, mutant)
    const assertion = model.assertions.find(({ condition }) => condition === mutant.breaks)
    if (!assertion) throw new Error(`"${mutant.name}": the model does not assert ${mutant.breaks}`)
    return { model, assertion, broken: mutant.name }
  })
}

async function run({ model, assertion, broken }: Job, solver: Solver): Promise<Result> {
  const started = performance.now()
  const answer = await solver.solve(assertion.query.text)
  const seconds = Math.round(performance.now() - started) / 1000
  const verdict = readVerdict(model, assertion, answer)
  const expected = broken === undefined ? "proved" : "counterexample"
  const { line, condition, claim } = assertion
  return { model: model.name, line, condition, claim, ...(broken && { broken }), expected, verdict, seconds }
}

function print({ model, line, condition, claim, broken, expected, verdict, seconds }: Result): void {
  const what = broken === undefined ? `${claim}: ${condition}` : `if ${broken}: not ${condition}`
  const mark = verdict === expected ? " " : "!"
  const place = `${model}:${line}`.padEnd(18)
  console.log(`${mark} ${verdict.padEnd(14)} ${seconds.toFixed(1).padStart(5)} s  ${place} ${what}`)
}

const { names, json } = readOptions()
const started = performance.now()
const jobs = [...names.flatMap(proofs), ...names.flatMap(refutations)]
const results: Result[] = []
let next = 0

async function work(solver: Solver): Promise<void> {
  while (next < jobs.length) {
    const place = next++
    results[place] = await run(jobs[place], solver)
    if (!json) print(results[place])
  }
}

await Promise.all(Array.from({ length: SOLVERS }, async () => work(await createSolver())))

const seconds = Math.round(performance.now() - started) / 1000
const missed = results.filter(({ verdict, expected }) => verdict !== expected)
const proved = results.filter(({ verdict }) => verdict === "proved").length
const refuted = results.filter(({ verdict }) => verdict === "counterexample").length
if (json) console.log(JSON.stringify({ seconds, passed: missed.length === 0, results }, undefined, 2))
else
  console.log(
    `\n${proved} proved, ${refuted} refuted, ${missed.length} not as expected, in ${seconds.toFixed(0)} s`,
  )
// The solvers' threads would keep the process alive.
process.exit(missed.length === 0 ? 0 : 1)
