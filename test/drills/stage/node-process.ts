import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Hopeless, eventually } from "./eventually.ts"

const ONUS = join(import.meta.dirname, "..", "..", "..", "src", "cli", "onus.mjs")

/** One line of the program's log. */
export interface LogLine {
  readonly level?: string | number
  readonly msg?: string
  readonly code?: string
  readonly [field: string]: unknown
}

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface NodeOptions {
  /** `node` by default. */
  readonly program?: "node" | "challenger" | "monitor"
  /** Arguments after `node --config FILE`. */
  readonly args?: readonly string[]
  /** Where it dies as if by `kill -9`: see `failpoint`. */
  readonly failpoint?: string
  readonly env?: Readonly<Record<string, string>>
  /** A program, with its arguments, that runs it: `prlimit`. */
  readonly under?: readonly string[]
}

/** The real program in a process of its own. */
export class NodeProcess {
  /** Where it serves. */
  readonly url: string
  /** Everything that it printed, standard error included. */
  readonly lines: string[] = []
  readonly log: LogLine[] = []
  readonly ended: Promise<Exit>
  exit: Exit | undefined
  readonly #child: ChildProcess

  constructor(folder: string, config: string, url: string, options: NodeOptions = {}) {
    this.url = url
    const { program = "node", args = [], failpoint, env = {}, under = [] } = options
    const command = [...under, process.execPath, ONUS, program, "--config", config, ...args]
    const clean = {
      ONUS_RPC: undefined,
      ONUS_REGISTRY: undefined,
      ONUS_KEY: undefined,
      ONUS_CONFIG: undefined,
    }
    this.#child = spawn(command[0], command.slice(1), {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        ...clean,
        NO_COLOR: "1",
        FORCE_COLOR: undefined,
        HOME: folder,
        ONUS_FAILPOINT: failpoint,
        ...env,
      },
    })
    // A test that is ended in the middle leaves nothing behind.
    const end = () => this.#child.kill("SIGKILL")
    process.once("exit", end)
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface(stream).on("line", (line) => this.#read(line))
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        process.off("exit", end)
        this.exit = { code, signal }
        resolve(this.exit)
      })
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Waits until it takes work. */
  async ready(): Promise<this> {
    await eventually("the node is ready", async () => {
      this.#requireAlive()
      return (await this.status("/readyz")) === 200
    })
    return this
  }

  /** Waits until it says that it takes no work, for a reason that matches. */
  async unready(reason = /./): Promise<string> {
    return eventually(`the node is not ready because of ${reason}`, async () => {
      this.#requireAlive()
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5000) })
      const body = await response.text()
      return response.status === 503 && reason.test(body) ? body : undefined
    })
  }

  /** Waits until it has started to serve, ready or not. */
  async alive(): Promise<this> {
    await eventually("the node is alive", async () => {
      this.#requireAlive()
      return (await this.status("/healthz")) === 200
    })
    return this
  }

  async status(path: string): Promise<number> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5000) })
    await response.text()
    return response.status
  }

  /** Waits for its end, which must be this one. */
  async ends(expected: Partial<Exit>): Promise<void> {
    const exit = await eventually("the node ends", () => this.exit).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.tail()}`, { cause: error })
    })
    for (const [name, value] of Object.entries(expected)) {
      if (exit[name as keyof Exit] === value) continue
      throw new Error(
        `The node ended with ${JSON.stringify(exit)}, not ${JSON.stringify(expected)}\n${this.tail()}`,
      )
    }
  }

  /** Waits until it dies at its failpoint. */
  async crashes(): Promise<void> {
    await this.ends({ signal: "SIGKILL" })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it as an operator does, and sees that nothing went wrong. */
  async stop(): Promise<void> {
    this.signal("SIGTERM")
    await this.ends({ code: 0 })
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    if (this.exit) return
    this.signal("SIGKILL")
    await this.ended
  }

  /** Whether a line of the log has this code. */
  said(code: string): boolean {
    return this.lines.some((line) => line.includes(code))
  }

  tail(lines = 40): string {
    return this.lines.slice(-lines).join("\n")
  }

  #read(line: string): void {
    this.lines.push(line)
    try {
      this.log.push(JSON.parse(line) as LogLine)
    } catch {
      // Not all that a program prints before it has a log is JSON.
    }
  }

  #requireAlive(): void {
    if (this.exit) throw new Hopeless(`The node ended with ${JSON.stringify(this.exit)}\n${this.tail()}`)
  }
}
