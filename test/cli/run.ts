import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import type { Wallet } from "ethers"
import type { Chain } from "./chain.ts"

export const ONUS = join(import.meta.dirname, "..", "..", "src", "cli", "onus.mjs")
export const MODEL = join(import.meta.dirname, "..", "..", "models", "digits.onnx")
export const SEVEN = join(import.meta.dirname, "..", "..", "models", "samples", "7-chalk.png")
export const THREE = join(import.meta.dirname, "..", "..", "models", "samples", "3-marker.png")

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What the commands print with `--json`: each of them some of it. */
export interface Reply {
  readonly transaction: string
  readonly gas: number
  readonly already: boolean
  readonly modelId: string
  readonly registeredAt: number
  readonly unprovable: object
  readonly keys: readonly { address: string; valid: boolean; roles: readonly string[] }[]
  readonly outputs: Readonly<Record<string, readonly number[]>>
  readonly receiptId: string
  readonly verdict: string
  readonly assurance: string
  readonly convicted: readonly string[]
  readonly fault: { readonly claimed: { bits: string }; readonly correct: { bits: string } }
  readonly bond: string
  readonly punitive: string
  readonly restitution: string
  readonly reward: string
  readonly burned: string
  readonly payoutId: string
  readonly claimed: readonly object[]
  readonly token: string
  readonly providers: readonly { score: number }[]
  readonly stake: string
  readonly mostFee: string
}

/** The error that a command prints with `--json`. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** Variables for a command; `undefined` removes one. */
export type Env = Readonly<Record<string, string | undefined>>

/** Runs the real command as a process of its own, in `cwd`. */
export function onus(cwd: string, env: Env, ...args: string[]): Promise<Ended> {
  return run(process.execPath, [ONUS, ...args], cwd, env)
}

/** Runs any program; nothing of the surrounding configuration reaches it. */
export function run(
  program: string,
  args: string[],
  cwd: string,
  env: Env,
  timeout = 60_000,
): Promise<Ended> {
  const clean = { ONUS_RPC: undefined, ONUS_REGISTRY: undefined, ONUS_KEY: undefined, FORCE_COLOR: undefined }
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...clean, ...env }, timeout }
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}

/** A folder for one test file, and commands that run in it. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), "onus-cli-"))
  readonly chain: Chain

  constructor(chain: Chain) {
    this.chain = chain
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Names of all files, to see that nothing was written. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true }).map(String).sort()
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8")
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  env(key?: Wallet): Env {
    return {
      HOME: this.folder,
      USERPROFILE: this.folder,
      ONUS_RPC: this.chain.url,
      ONUS_REGISTRY: this.chain.registry,
      ...(key ? { ONUS_KEY: key.privateKey } : {}),
    }
  }

  /** Runs a command that must succeed, and returns its JSON. */
  async json(key: Wallet | undefined, ...args: string[]): Promise<Reply> {
    const ended = await onus(this.folder, this.env(key), ...args, "--json")
    expect(ended.code, ended.stdout + ended.stderr).to.equal(0)
    return JSON.parse(ended.stdout) as Reply
  }

  /**
   * Runs a command that must fail with the code and exit status, and returns the error. Nothing may be
   * written.
   */
  async refused(
    expected: { code: string; exit: number },
    key: Wallet | undefined,
    ...args: string[]
  ): Promise<Refusal> {
    return this.refusedIn(this.env(key), expected, ...args)
  }

  /** `refused` with other variables. */
  async refusedIn(env: Env, { code, exit }: { code: string; exit: number }, ...args: string[]) {
    const before = this.files()
    const ended = await onus(this.folder, env, ...args, "--json")
    expect(ended.code, ended.stdout + ended.stderr).to.equal(exit)
    const { error } = JSON.parse(ended.stdout) as { error: Refusal }
    expect(error.code, error.message).to.equal(code)
    expect(this.files()).to.deep.equal(before)
    return error
  }
}
