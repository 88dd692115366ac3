// Everything that must hold: `npm test [-- STAGE...]`, three stages at a time, as many of them wait for clocks and programs. It
// begins with the build and what does not need it; what a stage prints comes when it is over.
import { spawn } from "node:child_process"
import { globSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { styleText } from "node:util"

/** Mocha tests below these folders; each group is a stage. */
const mocha = (...folders: readonly string[]): readonly string[] => [
  "hardhat",
  "test",
  "mocha",
  "--no-compile",
  ...folders.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`)).toSorted(),
]
const FOLDERS = {
  contracts: ["faults", "game", "gas", "referee", "reputation"],
  engine: ["conformance", "engine"],
  drills: ["drills"],
  node: ["chain", "pool", "provider", "service", "store"],
  challenger: ["challenger"],
  frontends: ["facts", "indexer", "package", "web"],
}
const named = new Set(Object.values(FOLDERS).flat())
const folders = globSync("test/*/").map((path) => path.split(/[\\/]/)[1])
const others = globSync("test/*.test.ts").toSorted()

/** Name and command of every stage. The longest come first. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  build: ["hardhat", "build", "--quiet"],
  drills: mocha(...FOLDERS.drills),
  contracts: mocha(...FOLDERS.contracts),
  challenger: mocha(...FOLDERS.challenger),
  programs: [...mocha(...folders.filter((name) => !named.has(name))), ...others],
  node: mocha(...FOLDERS.node),
  frontends: mocha(...FOLDERS.frontends),
  engine: mocha(...FOLDERS.engine),
  solidity: ["hardhat", "test", "solidity", "--no-compile"],
  eslint: ["eslint", "--max-warnings", "0", "."],
  types: ["tsc", "--project", "."],
  index: ["tsc", "--project", "indexer"],
  format: ["prettier", "--check", "--log-level", "warn", "."],
  kernels: ["node", "--import=tsx", "scripts/build-kernels.ts", "--check"],
  solhint: ["solhint", "--noPoster", "--max-warnings", "0", "contracts/**/*.sol"],
  lock: ["node", "--import=tsx", "scripts/checks/lock.ts"],
  layers: ["node", "--import=tsx", "scripts/checks/layers.ts"],
}
/** What needs nothing that is built. */
const UNBUILT = ["format", "engine", "kernels", "solhint", "lock", "layers"]
const AT_ONCE = 3
/** Hundreds of programs and threads are started, all with the same code: it is compiled once. */
const ENVIRONMENT = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in STAGES))
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}`)
  process.exit(2)
}

/** Runs a stage; says whether it passed. */
async function run(name: string): Promise<boolean> {
  const started = Date.now()
  console.log(`== ${name} ...`)
  const [command, ...args] = STAGES[name]
  const child = spawn(command, args, { shell: process.platform === "win32", env: ENVIRONMENT })
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => printed.push(data))
  const status = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message)).on("close", resolve)
  })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(styleText("bold", `\n== ${name}`))
  process.stdout.write(Buffer.concat(printed))
  // Both are asked: a library that a test loads may end the process with a code of its own.
  const passed = status === 0 && !/^ +\d+ failing$/m.test(Buffer.concat(printed).toString())
  console.log(`== ${name} ${passed ? "passed" : "FAILED"} in ${seconds} s`)
  return passed
}

const names = wanted.length > 0 ? wanted : Object.keys(STAGES)
const failed: string[] = []
const waiting = names.filter((name) => name !== "build")
/** Takes stage after stage, as long as there is one that may begin. */
async function work(mayBegin: (name: string) => boolean): Promise<void> {
  for (;;) {
    const at = waiting.findIndex(mayBegin)
    if (at < 0) return
    const [name] = waiting.splice(at, 1)
    if (!(await run(name))) failed.push(name)
  }
}
if (names.includes("build")) {
  waiting.push("build")
  await Promise.all([work((name) => name === "build"), work((name) => UNBUILT.includes(name))])
}
await Promise.all(Array.from({ length: AT_ONCE }, () => work(() => true)))
console.log(failed.length > 0 ? `\nfailed: ${failed.join(", ")}` : "")
console.log(`stages: ${names.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
