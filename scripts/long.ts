// The campaigns that take too long for `npm test`, one after the other. See --help.
import { spawnSync } from "node:child_process"
import { parseArgs, styleText } from "node:util"

/** What each campaign runs, in order. */
const CAMPAIGNS: Readonly<Record<string, string>> = {
  operators: "test/engine/operators/differential/operators.test.ts",
  axes: "test/engine/operators/differential/long-axes.test.ts",
  networks: "test/engine/operators/differential/networks.test.ts",
  referee: "test/long/referee.test.ts",
  models: "test/long/models.test.ts",
  reputation: "test/reputation/Reputation.test.ts",
}
/** Those that `--seed` and `--count` mean something to. */
const SEEDED = ["referee", "models", "reputation"]

const HELP = `Runs the long campaigns: ${Object.keys(CAMPAIGNS).join(", ")}; all of them if none is named.

  npm run test:long                                         everything: hours
  npm run test:long -- referee                              the contract beside the interpreter, 1,000,000 elements: half an hour
  npm run test:long -- referee --seed 5000 --count 20000    so many elements, from that case on
  npm run test:long -- models --count 5000                  so many models: engine, openings and contract
  npm run test:long -- reputation --count 20000             so many histories beside an exact model

Progress lines name the seed with which a campaign goes on; a failure names its case and how to repeat it.
--seed and --count are for: ${SEEDED.join(", ")}.

Exit code: 0 without a mismatch, 1 with one, 2 for wrong arguments.`

interface Options {
  readonly names: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

function readOptions(): Options {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: "string" },
        count: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const unknown = positionals.filter((name) => !Object.hasOwn(CAMPAIGNS, name))
    if (unknown.length > 0) throw new Error(`There is no campaign ${unknown.join(", ")}`)
    const names = positionals.length > 0 ? positionals : Object.keys(CAMPAIGNS)
    const given = {
      ONUS_SEED: wholeNumber("seed", values.seed),
      ONUS_COUNT: wholeNumber("count", values.count),
    }
    const isGiven = Object.values(given).some((value) => value !== undefined)
    const unseeded = names.filter((name) => !SEEDED.includes(name))
    if (isGiven && unseeded.length > 0)
      throw new Error(`--seed and --count mean nothing to ${unseeded.join(", ")}`)
    return { names, env: { ...process.env, ONUS_LONG: "1", ...given } }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

function wholeNumber(name: string, text: string | undefined): string | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text
  throw new Error(`--${name} is ${JSON.stringify(text)}, which is no whole number`)
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const shell = process.platform === "win32"
  return spawnSync("hardhat", args, { stdio: "inherit", env, shell }).status === 0
}

const { names, env } = readOptions()
const failed: string[] = run(["build", "--quiet", "--no-tests"], env) ? [] : ["build"]
for (const name of failed.length > 0 ? [] : names) {
  const started = Date.now()
  console.log(styleText("bold", `\n== ${name}`))
  if (!run(["test", "mocha", "--no-compile", CAMPAIGNS[name]], env)) failed.push(name)
  console.log(`== ${name} took ${((Date.now() - started) / 1000).toFixed(0)} s`)
}
console.log(failed.length > 0 ? `\nfailed: ${failed.join(", ")}` : "\nno mismatch")
process.exitCode = failed.length === 0 ? 0 : 1
