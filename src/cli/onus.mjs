#!/usr/bin/env node
// Starts the CLI whatever Node it is started with: the project brings its own recent one along, runs
// TypeScript as it is, and compiles the contracts for their typed clients when that was never done.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import * as nodeModule from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const self = fileURLToPath(import.meta.url)
const root = dirname(dirname(dirname(self)))
const bin = (name) => join(root, "node_modules", ".bin", name)

const [major, minor] = process.versions.node.split(".").map(Number)
// From 22.18 on, threads run TypeScript as it is.
const recent = major > 22 || (major === 22 && minor >= 18)

/** Says in the CLI's own manner that the installation is incomplete. */
function fail(code, message, hint) {
  if (process.argv.includes("--json")) console.log(JSON.stringify({ error: { code, message, hint } }))
  else console.error(`error ${code}: ${message}\nhint: ${hint}`)
  process.exit(2)
}

/** Runs this file again with the project's Node, which ends cleanly when it is told to. */
async function startAgain() {
  const node = process.platform === "win32" ? `${bin("node")}.exe` : bin("node")
  if (!existsSync(node) || process.env.ONUS_STARTED_AGAIN) {
    fail(
      "NodeTooOld",
      `Node ${process.versions.node} is too old, 22.18 is needed`,
      "Run `node scripts/ensure.mjs`",
    )
  }
  const env = { ...process.env, ONUS_STARTED_AGAIN: "1" }
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: "inherit", env })
  process.on("SIGTERM", () => child.kill("SIGTERM"))
  // A terminal tells both of them.
  process.on("SIGINT", () => {})
  const [code, signal] = await once(child, "exit")
  process.removeAllListeners("SIGTERM").removeAllListeners("SIGINT")
  if (signal) process.kill(process.pid, signal)
  process.exit(code ?? 1)
}

/** Compiles the contracts; what the compiler says goes to stderr, as stdout is for data. */
function compileContracts() {
  console.error("onus: compiling the contracts (once)")
  const hardhat = join(root, "node_modules", "hardhat", "dist", "src", "cli.js")
  const run = spawnSync(process.execPath, [hardhat, "build"], { cwd: root, stdio: ["ignore", 2, 2] })
  if (run.status !== 0) {
    fail("ContractsNotCompiled", "The contracts could not be compiled", "Run `npx hardhat build` to see why")
  }
}

if (!recent) await startAgain()
if (!existsSync(join(root, "node_modules", "ethers"))) {
  fail("NotInstalled", "The dependencies are not installed", "Run `node scripts/ensure.mjs`")
}
if (!existsSync(join(root, "types", "contracts", "index.ts"))) compileContracts()
// Compiled code is kept between commands, and for threads, which learn of it by the variable: they start in half the time.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache")
nodeModule.enableCompileCache?.()
await import("./typed-clients.mjs")
const { main } = await import("./main.ts")
await main(process.argv)
