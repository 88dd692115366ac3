import { parseArgs } from "node:util"

export const HELP = `Changes the contracts in one place at a time and says which changes no test notices.

  npm run mutants                                              200 mutants of all contracts
  npm run mutants -- --count 8                                 a small sample
  npm run mutants -- --count 50 --seed 7                       another sample
  npm run mutants -- --all --only "contracts/core/Stake*.sol"  every mutant of some files
  npm run mutants -- --all --only contracts/core/Stake.sol:55  every mutant of a line
  npm run mutants -- --list --all                              what could be changed, without running anything
  npm run --silent mutants -- --json                           the results as data; progress goes to stderr

--count N    mutants that count: not those that do not compile, that have the code of the original, or that
             test/mutants/equivalent.json lists with a reason
--seed N     which ones; 1 if not given
--workers N  processes at a time; as many as there are processors if not given

The project's files are only read; what has to be written is in a temporary folder.

Exit code: 0 if at least 95 % of the mutants die, 1 if not, 2 for wrong arguments or tests that fail anyway.`

export interface Options {
  /** Infinite: all. */
  readonly count: number
  readonly seed: number
  readonly workers: number | undefined
  readonly only: string | undefined
  readonly list: boolean
  readonly json: boolean
}

/** Nothing if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      workers: { type: "string" },
      only: { type: "string" },
      all: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return undefined
  const count = values.all ? Infinity : wholeNumber("count", values.count, 1)
  const workers = values.workers === undefined ? undefined : wholeNumber("workers", values.workers, 1)
  const { only, list, json } = values
  return { count, seed: wholeNumber("seed", values.seed, 0), workers, only, list, json }
}

function wholeNumber(name: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  throw new Error(`--${name} is ${JSON.stringify(text)}, which is no whole number from ${least} on`)
}
