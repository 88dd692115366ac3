import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"
import { stringify } from "smol-toml"
import { OnusError } from "../protocol/errors.ts"
import { ROOT } from "./chain/hardhat.ts"

const ONUS = join(ROOT, "src", "cli", "onus.mjs")
/** Lines that are kept of what a program prints. */
const KEPT_LINES = 5_000
/** Milliseconds that a program has to be ready, and to end. */
const START_TIMEOUT = 60_000
const END_TIMEOUT = 15_000
const POLL = 50

/** A configuration as tables of keys. */
export type Tables = Readonly<Record<string, unknown>>

/** A program of this project in a process of its own. */
export class Program {
  readonly name: string
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #ended: Promise<unknown>

  /**
   * Starts `onus NAME` with a configuration.
   *
   * @param folder Where its files lie.
   * @param variables Of its environment, besides those of this process; nothing else of `onus` reaches it.
   */
  constructor(name: string, folder: string, config: Tables, variables: Readonly<Record<string, string>>) {
    this.name = name
    const file = join(folder, `${name}.toml`)
    writeFileSync(file, stringify(config))
    const foreign = Object.keys(process.env).filter((key) => key.startsWith("ONUS_"))
    const clean = Object.fromEntries(foreign.map((key) => [key, undefined]))
    this.#child = spawn(process.execPath, [ONUS, name, "--config", file], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...clean, NO_COLOR: "1", ...variables },
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface(stream).on("line", (line) => {
        this.#lines.push(line)
        if (this.#lines.length > KEPT_LINES) this.#lines.shift()
      })
    this.#ended = once(this.#child, "exit")
    process.once("exit", this.#kill)
  }

  /** The last line that it printed with some text in it. */
  lastAbout(text: string): string | undefined {
    return this.#lines.findLast((line) => line.includes(text))
  }

  readonly #kill = () => this.#child.kill("SIGKILL")

  /** Waits until it says at an address that it works. @throws OnusError `ProgramFailed`. */
  async ready(url: string): Promise<void> {
    const until = performance.now() + START_TIMEOUT
    while (performance.now() < until) {
      this.requireAlive()
      const response = await fetch(url).catch(() => undefined)
      await response?.body?.cancel()
      if (response?.ok) return
      await pause(POLL)
    }
    throw this.#failed(`is not ready after ${START_TIMEOUT / 1000} s`)
  }

  /** @throws OnusError `ProgramFailed`. */
  requireAlive(): void {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) throw this.#failed(`ended with ${exitCode ?? signalCode}`)
  }

  #failed(what: string): OnusError {
    const last = this.#lines.slice(-20).join("\n")
    return new OnusError("ProgramFailed", `The ${this.name} ${what}`, {
      hint: `The last that it said:\n${last}`,
    })
  }

  /** Ends it as an operator does, or at once if it takes too long. */
  async stop(): Promise<void> {
    const timer = setTimeout(this.#kill, END_TIMEOUT)
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGTERM")
      await this.#ended
    }
    clearTimeout(timer)
    process.off("exit", this.#kill)
  }
}

/** How many answers a challenger has judged, whose metrics are at an address. */
export async function judgedBy(url: string): Promise<number> {
  const text = await (await fetch(url)).text()
  const counts = text.matchAll(/^onus_verifications_total\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** A port that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
