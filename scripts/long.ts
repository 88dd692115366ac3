// The campaigns that take too long for `npm test`, one after the other. See --help.
import { spawnSync } from "node:child_process"
import { globSync } from "node:fs"
import { parseArgs, styleText } from "node:util"

const mocha = (...files: string[]): string[] => ["hardhat", "test", "mocha", "--no-compile", ...files]

/** What each campaign runs, in order. */
const CAMPAIGNS: Readonly<Record<string, readonly string[]>> = {
  operators: mocha("test/engine/operators/differential/operators.test.ts"),
  axes: mocha("test/engine/operators/differential/long-axes.test.ts"),
  networks: mocha("test/engine/operators/differential/networks.test.ts"),
  engine: mocha(...globSync(["test/engine/program/*.test.ts", "test/engine/wasm/*.test.ts"]).toSorted()),
  referee: mocha("test/long/referee.test.ts"),
  contracts: mocha(...globSync(["test/referee/*.test.ts", "test/faults/*.test.ts"]).toSorted()),
  models: mocha("test/long/models.test.ts"),
  reputation: mocha("test/reputation/Reputation.test.ts"),
  // How often and how far is in `hardhat.config.ts`.
  invariants: ["hardhat", "test", "solidity", "test/invariants/Money.t.sol"],
  drills: mocha(...globSync("test/drills/*.test.ts").toSorted()),
  challenger: mocha("test/challenger/play/lies.test.ts", "test/challenger/campaign/campaign.test.ts"),
  index: mocha("test/facts/chain.test.ts", "test/indexer/index.test.ts"),
  mutants: ["node", "--import=tsx", "scripts/mutants.ts"],
}
/** Those that `--seed` and `--count` mean something to. */
const SEEDED = ["referee", "models", "reputation", "invariants", "challenger", "index"]

const HELP = `Runs the long campaigns: ${Object.keys(CAMPAIGNS).join(", ")}; all of them if none is named.

  npm run test:long                                         everything: hours
  npm run test:long -- referee                              the contract beside the interpreter, 1,000,000 elements: half an hour
  npm run test:long -- referee --seed 5000 --count 20000    so many elements, from that case on
  npm run test:long -- contracts                            every operation and every attack in full: a quarter of an hour
  npm run test:long -- engine                               random steps and programs beside the interpreter, in full: minutes
  npm run test:long -- models --count 5000                  so many models: engine, openings and contract
  npm run test:long -- invariants --seed 7 --count 1000     so many runs of 500 calls of everybody against the registry
  npm run test:long -- reputation --count 20000             so many histories beside an exact model
  npm run test:long -- drills                               a provider node and everything that can befall it
  npm run test:long -- challenger                           1,000 answers of random networks, honest and not, and a challenger
  npm run test:long -- index --count 2000                   so many random actions: facts of a chain and of an index beside contracts
  npm run test:long -- mutants                              200 changes of the contracts; see npm run mutants -- --help

Progress lines name the seed with which a campaign goes on; a failure names its case and how to repeat it.
--seed and --count are for: ${SEEDED.join(", ")}.

Exit code: 0 without a mismatch, 1 with one or with too many surviving mutants, 2 for wrong arguments.`

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

function run([command, ...args]: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const shell = process.platform === "win32"
  return spawnSync(command, args, { stdio: "inherit", env, shell }).status === 0
}

const { names, env } = readOptions()
const failed: string[] = run(["hardhat", "build", "--quiet", "--no-tests"], env) ? [] : ["build"]
for (const name of failed.length > 0 ? [] : names) {
  const started = Date.now()
  console.log(styleText("bold", `\n== ${name}`))
  if (!run(CAMPAIGNS[name], env)) failed.push(name)
  console.log(`== ${name} took ${((Date.now() - started) / 1000).toFixed(0)} s`)
}
console.log(failed.length > 0 ? `\nfailed: ${failed.join(", ")}` : "\nno mismatch")
process.exitCode = failed.length === 0 ? 0 : 1
