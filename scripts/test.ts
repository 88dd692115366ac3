// Everything that must hold, one stage after the other: `npm test [-- STAGE...]`.
import { spawnSync } from "node:child_process"
import { styleText } from "node:util"

/** Name and command of every stage, in order. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  build: ["hardhat", "build", "--quiet"],
  format: ["prettier", "--check", "--log-level", "warn", "."],
  solhint: ["solhint", "--noPoster", "--max-warnings", "0", "contracts/**/*.sol"],
  eslint: ["eslint", "--max-warnings", "0", "."],
  types: ["tsc", "--project", "."],
  lock: ["node", "--import=tsx", "scripts/checks/lock.ts"],
  layers: ["node", "--import=tsx", "scripts/checks/layers.ts"],
  kernels: ["node", "--import=tsx", "scripts/build-kernels.ts", "--check"],
  formal: ["node", "--import=tsx", "scripts/formal.ts"],
  solidity: ["hardhat", "test", "solidity", "--no-compile"],
  typescript: ["hardhat", "test", "mocha", "--no-compile"],
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in STAGES))
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}`)
  process.exit(2)
}

const failed: string[] = []
const names = wanted.length > 0 ? wanted : Object.keys(STAGES)
for (const name of names) {
  const started = Date.now()
  console.log(styleText("bold", `\n== ${name}`))
  const [command, ...args] = STAGES[name]
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`== ${name} ${status === 0 ? "passed" : "FAILED"} in ${seconds} s`)
  if (status !== 0) failed.push(name)
}
console.log(failed.length > 0 ? `\nfailed: ${failed.join(", ")}` : "")
console.log(`stages: ${names.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
