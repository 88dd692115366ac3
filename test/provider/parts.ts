import { SigningKey, keccak256 } from "ethers"
import { readModel } from "../../src/cli/model-file.ts"
import { readInputs } from "../../src/cli/input.ts"
import { OnusError } from "../../src/protocol/errors.ts"
import { type SignedReceipt, requestKey } from "../../src/protocol/receipt.ts"
import { bytesOf } from "../../src/engine/executor.ts"
import { Readiness } from "../../src/service/readiness.ts"
import type { Key } from "../../src/service/key.ts"
import type { Program } from "../../src/engine/program/program.ts"
import type { Cover } from "../../src/provider/cover.ts"
import { Issuer, type IssuerParts } from "../../src/provider/issue/issuer.ts"
import { type Wishes, questionName } from "../../src/provider/issue/request.ts"
import type { Claim, Entry, Journal } from "../../src/provider/journal.ts"
import type { Pool } from "../../src/pool/pool.ts"
import { account } from "../cli/chain.ts"

export const MODEL = "models/digits.onnx"
export const [PROVIDER, KEY, CONSUMER] = [1, 2, 3].map(account)
export const REGISTRY = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }
export const NOW = 1_800_000_000n

let program: Program | undefined
export const digits = () => (program ??= readModel(MODEL))

/** The bytes of a picture as the digit reader wants it. */
export function picture(name = "7-chalk"): Uint8Array {
  const inputs = readInputs(digits(), [`image=models/samples/${name}.png`])
  return Uint8Array.from(bytesOf(inputs.image))
}

/** What a consumer wishes for. @param id the last byte of its request id. */
export const wishes = (id: number, more: Partial<Wishes> = {}): Wishes => ({
  consumer: CONSUMER.address,
  requestId: `0x${id.toString(16).padStart(64, "0")}`,
  isIdChosen: true,
  coverage: 10n,
  challengeWindow: 21_600n,
  anchorWithin: 3600n,
  termsHash: `0x${"00".repeat(32)}`,
  trace: "eager",
  ...more,
})

type Known = SignedReceipt & { readonly receiptId: string }

/** A journal in memory, which fails as it is told. */
export class TestJournal implements Pick<Journal, "claim" | "keep" | "abandon" | "byRequest" | "byReceipt"> {
  readonly entries = new Map<string, Entry>()
  readonly calls: string[] = []
  /** Thrown by the next call of that name. */
  readonly failures: Partial<Record<"claim" | "keep" | "abandon", Error>> = {}

  async claim(claim: Claim): Promise<{ entry: Entry; isNew: boolean }> {
    await this.#call("claim")
    const request = requestKey(claim.terms)
    const first = this.entries.get(request)
    if (!first) {
      const entry = { ...claim, request }
      this.entries.set(request, entry)
      return { entry, isNew: true }
    }
    const name = ({ terms, trace, sealedFor }: Claim) => questionName(terms, trace, sealedFor)
    if (name(first) !== name(claim)) throw new OnusError("RequestIdReused", "claimed for something else")
    return { entry: first, isNew: false }
  }

  async keep(request: string, signed: Known): Promise<void> {
    await this.#call("keep")
    const entry = this.entries.get(request)
    if (!entry) throw new OnusError("ClaimUnknown", request)
    this.entries.set(request, { ...entry, signed })
  }

  async abandon(request: string): Promise<void> {
    await this.#call("abandon")
    this.entries.delete(request)
  }

  byRequest(request: string): Promise<Entry | undefined> {
    return Promise.resolve(this.entries.get(request))
  }

  byReceipt(receiptId: string): Promise<Entry | undefined> {
    return Promise.resolve([...this.entries.values()].find(({ signed }) => signed?.receiptId === receiptId))
  }

  async #call(name: "claim" | "keep" | "abandon"): Promise<void> {
    this.calls.push(name)
    await Promise.resolve()
    const failure = this.failures[name]
    if (!failure) return
    delete this.failures[name]
    throw failure
  }
}

/** Cover of a fixed amount. */
export class TestCover implements Cover {
  left: bigint

  constructor(left: bigint) {
    this.left = left
  }

  reserve(coverage: bigint): void {
    if (coverage > this.left) throw new OnusError("CoverExhausted", `${this.left} token units are left`)
    this.left -= coverage
  }

  free(coverage: bigint): void {
    this.left += coverage
  }

  settled(): void {
    // What is in the journal is promised still.
  }
}

/** A key in memory, which fails as it is told. */
export class TestKey implements Key {
  readonly address = KEY.address
  readonly #key = new SigningKey(KEY.privateKey)
  signatures = 0
  failure: Error | undefined

  async sign(preimage: Uint8Array): Promise<string> {
    await Promise.resolve()
    if (this.failure) throw this.failure
    this.signatures++
    return this.#key.sign(keccak256(preimage)).serialized
  }
}

/** An issuer over parts that tests can look into. */
export function issuerOver(pool: Pool, more: Partial<IssuerParts> = {}) {
  const journal = new TestJournal()
  const cover = new TestCover(1000n)
  const key = new TestKey()
  const readiness = new Readiness()
  const range = { min: 1n, max: 100_000n }
  const limits = { coverage: range, challengeWindow: range, anchorWithin: range }
  const issuer = new Issuer({
    registry: REGISTRY,
    provider: PROVIDER.address,
    journal,
    pool,
    cover,
    key,
    readiness,
    limits,
    now: () => NOW,
    ...more,
  })
  return { issuer, journal, cover, key, readiness, limits }
}
