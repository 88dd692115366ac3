import { readFileSync } from "node:fs"
import type { Batch } from "../../src/protocol/batch.ts"
import type { KeyChange, ProvidersDomain } from "../../src/protocol/key-change.ts"
import type { ModelHeader } from "../../src/protocol/model.ts"
import type { Space } from "../../src/protocol/program.ts"
import type { Receipt, Registry } from "../../src/protocol/receipt.ts"
import type { SumLeaf, SumNode } from "../../src/protocol/sum-tree.ts"

export interface ReceiptVector {
  readonly registry: Registry
  readonly receipt: Receipt
  readonly receiptId: string
  readonly requestKey: string
  readonly traceRoot: string
  readonly traceCommitment: string
}

export interface SumTreeVector {
  readonly leaves: readonly SumLeaf[]
  readonly root: SumNode
  readonly paths: readonly SumNode[][]
}

export interface TensorTreeVector {
  readonly leaves: readonly { kind: number; tensorId: number; chunk: number; data: string }[]
  readonly depth: number
  readonly root: string
  readonly paths: readonly string[][]
}

/** Several tensors in one tree, and every range of chunks of each. */
export interface RangeVector {
  readonly space: Space
  readonly depth: number
  readonly root: string
  readonly tensors: readonly {
    readonly id: number
    readonly firstLeaf: number
    readonly data: string
    readonly ranges: readonly { first: number; end: number; path: string[] }[]
  }[]
}

/** Members that are integers beyond doubles, and written as decimal strings. */
const INTEGERS = new Set([
  "chainId",
  "coverage",
  "issuedAt",
  "anchorBy",
  "challengeWindow",
  "count",
  "window",
  "sum",
  "validUntil",
  "nonce",
  "deadline",
])

function read(name: string): unknown {
  const text = readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")
  return JSON.parse(text, (key, value: unknown) => (INTEGERS.has(key) ? BigInt(value as string) : value))
}

/** Written by `scripts/vectors/protocol.ts`. */
export const RECEIPTS = read("receipts") as {
  readonly receipts: readonly ReceiptVector[]
  readonly batches: readonly { batch: Batch; batchId: string }[]
}

export const KEY_CHANGES = read("key-changes") as {
  readonly changes: readonly {
    readonly providers: ProvidersDomain
    readonly change: KeyChange
    readonly digest: string
    readonly signature: string
  }[]
}

export const TREES = read("trees") as {
  readonly depths: readonly { leaves: number; depth: number }[]
  readonly sumTrees: readonly SumTreeVector[]
  readonly tensorTrees: readonly TensorTreeVector[]
  readonly ranges: readonly RangeVector[]
}

export const MODELS = read("models") as readonly {
  readonly name: string
  readonly modelId: string
  readonly header: ModelHeader
  readonly steps: readonly string[]
}[]
