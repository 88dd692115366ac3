import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import type { Contracts } from "./compiler.ts"
import type { Project } from "./project.ts"

/** What a copy does without; the compiler's records are large and serve stack traces only. */
const LEFT_OUT = ["node_modules", ".git", "bench", "cache", "coverage", "docs", "artifacts/build-info"]

/** Runs mocha tests in a copy of the project whose artifacts are those of a mutant. */
export class MochaTests {
  readonly #project: Project
  readonly #folder: string
  readonly #limit: number

  constructor(project: Project, folder: string, limit: number) {
    this.#project = project
    this.#folder = folder
    this.#limit = limit
  }

  /** Runs the tests of `files` with `contracts` in place of those built; returns the first that fails. */
  async run(files: readonly string[], contracts: Contracts): Promise<string | undefined> {
    if (!existsSync(this.#folder)) this.#copy()
    const originals = this.#replace(contracts)
    try {
      return await this.#mocha(files)
    } finally {
      for (const [path, content] of originals) writeFileSync(path, content)
    }
  }

  #copy(): void {
    const { root } = this.#project
    mkdirSync(join(this.#folder, "artifacts"), { recursive: true })
    const entries = [
      ...readdirSync(root),
      ...readdirSync(join(root, "artifacts")).map((name) => `artifacts/${name}`),
    ]
    for (const entry of entries) {
      if (entry === "artifacts" || LEFT_OUT.includes(entry)) continue
      cpSync(join(root, entry), join(this.#folder, entry), { recursive: true })
    }
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"), "junction")
  }

  /** Returns the text of each file that it has changed. */
  #replace(contracts: Contracts): Map<string, string> {
    const originals = new Map<string, string>()
    for (const [path, source] of Object.entries(this.#project.names)) {
      for (const [name, { evm }] of Object.entries(contracts[source] ?? {})) {
        const artifact = join(this.#folder, "artifacts", path, `${name}.json`)
        const before = readFileSync(artifact, "utf8")
        const bytecode = `0x${evm.bytecode.object}`
        const deployedBytecode = `0x${evm.deployedBytecode.object}`
        originals.set(artifact, before)
        writeFileSync(
          artifact,
          JSON.stringify({ ...(JSON.parse(before) as object), bytecode, deployedBytecode }),
        )
      }
    }
    return originals
  }

  async #mocha(files: readonly string[]): Promise<string | undefined> {
    const hardhat = join(this.#project.root, "node_modules", "hardhat", "dist", "src", "cli.js")
    const args = [hardhat, "test", "mocha", "--no-compile", "--bail", ...files]
    const child = spawn(process.execPath, args, { cwd: this.#folder, stdio: ["ignore", "pipe", "ignore"] })
    const stop = () => child.kill("SIGKILL")
    process.once("exit", stop)
    const timer = setTimeout(stop, this.#limit)
    const ended = once(child, "exit") as Promise<[number | null]>
    const [printed, [code]] = await Promise.all([text(child.stdout), ended])
    clearTimeout(timer)
    process.off("exit", stop)
    if (code === 0) return undefined
    return code === null ? "the time limit" : (/^ *1\) (.*)$/m.exec(printed)?.[1] ?? files.join(" "))
  }
}
