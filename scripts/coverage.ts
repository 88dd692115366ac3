// Which lines of the contracts no test runs: `npm run coverage`. The Solidity tests, and the mocha tests of what only they
// reach: judges and referee. Counting takes gas, so that tests about gas fail here: whether tests pass is for `npm test` to
// say. Exit code 1 below 98 % of the lines.
import { spawnSync } from "node:child_process"
import { existsSync, globSync, readFileSync, rmSync } from "node:fs"

const LEAST = 98
const REPORT = "coverage/lcov.info"
const SOLIDITY = ["test/**/*.t.sol"]
const MOCHA = ["test/faults/*.test.ts", "test/protocol/*.test.ts", "test/referee/*.test.ts"]
/** What stands in for other things in tests, and is no part of the registry. */
const MOCKS = "contracts/mocks/"

type Lines = Map<number, number>

const testsIn = (globs: readonly string[]): string[] =>
  globs
    .flatMap((glob) => globSync(glob))
    .filter((file) => !/(^|[./\\])gas\./.test(file))
    .toSorted()

/** Hits by file and line of what `hardhat` runs with these arguments. */
function covered(...args: readonly string[]): Map<string, Lines> {
  rmSync(REPORT, { force: true })
  spawnSync("hardhat", ["--coverage", "test", ...args], { stdio: "inherit" })
  if (!existsSync(REPORT)) process.exit(1)
  const files = new Map<string, Lines>()
  let lines: Lines = new Map()
  for (const entry of readFileSync(REPORT, "utf8").split("\n")) {
    const [kind, value = ""] = entry.split(/:(.*)/)
    if (kind === "SF") files.set(value, (lines = new Map() as Lines))
    const [line, hits] = value.split(",").map(Number)
    if (kind === "DA") lines.set(line, hits)
  }
  return files
}

const total = covered("solidity", ...testsIn(SOLIDITY))
for (const [file, lines] of covered("mocha", ...testsIn(MOCHA))) {
  const sum = total.get(file) ?? (new Map() as Lines)
  for (const [line, hits] of lines) sum.set(line, (sum.get(line) ?? 0) + hits)
  total.set(file, sum)
}

let all = 0
let missed = 0
for (const [file, lines] of [...total].toSorted(([a], [b]) => a.localeCompare(b))) {
  if (file.startsWith(MOCKS) || !file.startsWith("contracts/")) continue
  const never = [...lines].filter(([, hits]) => hits === 0).map(([line]) => line)
  all += lines.size
  missed += never.length
  if (never.length > 0) console.log(`${file}: never run: ${never.join(", ")}`)
}
const percent = (100 * (all - missed)) / all
console.log(`${all - missed} of ${all} lines, ${percent.toFixed(2)} % (at least ${LEAST} %)`)
process.exitCode = percent < LEAST ? 1 : 0
