import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { Interface } from "ethers"
import hre from "hardhat"

const ROOT = join(import.meta.dirname, "..", "..")
const PROGRAM = join("test", "helpers", "CallBatch.t.sol")
const HARDHAT = join(ROOT, "node_modules", "hardhat", "dist", "src", "cli.js")
/** Bytes of calls in one file: what is in memory at the same time has its price in gas. */
const PER_FILE = 1 << 17

/** What is waiting to be called. */
interface Pending {
  readonly name: string
  readonly data: Uint8Array
  readonly resolve: (values: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Calls of one contract that are made together, by the EVM of Solidity tests: it keeps no record of every instruction, so that
 * a call takes a fortieth of the time of an `eth_call`. Twin: `CallBatch.t.sol`.
 */
export class CallBatch {
  readonly #interface: Interface
  readonly #creation: Uint8Array
  #pending: Pending[] = []

  private constructor(abi: Interface, creation: Uint8Array) {
    this.#interface = abi
    this.#creation = creation
  }

  /** @param contract name of its artifact; its constructor takes nothing. */
  static async of(contract: string): Promise<CallBatch> {
    const { abi, bytecode } = await hre.artifacts.readArtifact(contract)
    return new CallBatch(new Interface(abi), bytesOf(bytecode))
  }

  /**
   * Asks for a call, which is made by {@link run}.
   *
   * @returns the values that it returns; rejects with the name of the error if it reverts.
   */
  call(name: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    const data = bytesOf(this.#interface.encodeFunctionData(name, values))
    const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>()
    this.#pending.push({ name, data, resolve: resolve as Pending["resolve"], reject })
    return later(promise)
  }

  /** Makes all calls that were asked for. */
  async run(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    mkdirSync(join(ROOT, "cache"), { recursive: true })
    const folder = mkdtempSync(join(ROOT, "cache", "calls-"))
    try {
      writeFileSync(join(folder, "creation"), this.#creation)
      const files = filesOf(pending)
      for (const [i, calls] of files.entries()) writeFileSync(join(folder, `${i}.calls`), packed(calls))
      await execute(folder)
      for (const [i, calls] of files.entries()) {
        this.#settle(calls, readFileSync(join(folder, `${i}.returns`)))
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  #settle(calls: readonly Pending[], returned: Buffer): void {
    let at = 0
    for (const { name, resolve, reject } of calls) {
      const end = at + 5 + returned.readUInt32BE(at + 1)
      const data = `0x${returned.toString("hex", at + 5, end)}`
      if (returned[at] === 1) resolve(this.#interface.decodeFunctionResult(name, data))
      else reject(new Error(this.#interface.parseError(data)?.name ?? `${name} reverted with ${data}`))
      at = end
    }
  }
}

/** A promise that nobody waits for yet: that it is rejected meanwhile is no reason to end the process. */
export function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** How a test is defined whose calls are made together with those of others. */
export interface Together {
  /**
   * @param ask asks for all calls of the test, before the first test begins.
   * @param check looks at what came of it.
   */
  readonly test: <T>(
    title: string,
    ask: (batch: CallBatch) => T,
    check: (asked: T) => void | Promise<void>,
  ) => void
}

/** For a `describe`: its tests ask for calls of one contract, all of which are made at once. */
export function together(contract: string): Together {
  const asks: ((batch: CallBatch) => void)[] = []
  before(async () => {
    const batch = await CallBatch.of(contract)
    for (const ask of asks) ask(batch)
    await batch.run()
  })
  return {
    test: <T>(title: string, ask: (batch: CallBatch) => T, check: (asked: T) => void | Promise<void>) => {
      let asked: { readonly value: T } | undefined
      asks.push((batch) => (asked = { value: ask(batch) }))
      it(title, () => check(asked!.value))
    },
  }
}

function filesOf(pending: readonly Pending[]): Pending[][] {
  const files: Pending[][] = []
  let room = 0
  for (const call of pending) {
    if (call.data.length > room) {
      files.push([])
      room = PER_FILE
    }
    files.at(-1).push(call)
    room -= call.data.length
  }
  return files
}

const packed = (calls: readonly Pending[]): Uint8Array =>
  Buffer.concat(calls.flatMap(({ data }) => [lengthOf(data), data]))

/** Faster than what checks every digit. */
export const bytesOf = (hex: string): Buffer => Buffer.from(hex.slice(2), "hex")

function lengthOf(data: Uint8Array): Uint8Array {
  const word = Buffer.alloc(4)
  word.writeUInt32BE(data.length)
  return word
}

async function execute(folder: string): Promise<void> {
  const env = { ...process.env, ONUS_CALL_BATCH: folder }
  const args = [HARDHAT, "test", "solidity", "--no-compile", PROGRAM]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })
  if (!/\b1 passing/.test(stdout)) throw new Error(`The calls were not made:\n${stdout}`)
}
