import { type Batch, batchId } from "../../../src/protocol/batch.ts"
import { receiptId, requestKey } from "../../../src/protocol/receipt.ts"
import { SumTree } from "../../../src/protocol/sum-tree.ts"
import type { Claim, Entry, Journal, WaitingEntry } from "../../../src/provider/journal.ts"
import { REGISTRY } from "../../sdk/samples.ts"

export const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`
const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`

export const MODEL = word(0xabc)
export const WINDOW = 600n

/** The n-th claim, different from others where told. */
export function claimOf(n: number, terms: Partial<Claim["terms"]> = {}, rest: Partial<Claim> = {}): Claim {
  return {
    terms: {
      provider: address(1),
      modelId: MODEL,
      requestId: word(n),
      inputCommitment: word(1000 + n),
      consumer: address(2),
      coverage: 10n,
      issuedAt: BigInt(1000 + n),
      anchorBy: BigInt(2000 + n),
      challengeWindow: WINDOW,
      termsHash: word(3),
      ...terms,
    },
    trace: "lazy",
    inputs: Uint8Array.of(n & 0xff, 1, 2, 3),
    ...rest,
  }
}

/** The receipt that follows from a claim, as `Journal.keep` takes it; its signature is not looked at. */
export function signedFor({ terms }: Claim): NonNullable<Entry["signed"]> {
  const receipt = { ...terms, outputCommitment: word(5), traceCommitment: word(6) }
  const id = receiptId(REGISTRY, receipt)
  return { registry: REGISTRY, receipt, signature: `0x${"1b".repeat(65)}`, receiptId: id }
}

/** Claims and keeps some receipts. */
export async function signAll(journal: Journal, claims: readonly Claim[]): Promise<void> {
  await Promise.all(
    claims.map(async (claim) => {
      await journal.claim(claim)
      await journal.keep(requestKey(claim.terms), signedFor(claim))
    }),
  )
}

/** A batch of waiting receipts, as `Journal.assign` takes it. */
export function batchOf(entries: readonly WaitingEntry[]): {
  batchId: string
  batch: Batch
  tree: Uint8Array
} {
  const leaves = entries.map(({ receiptId, receipt }) => ({ receiptId, coverage: receipt.coverage }))
  const { digest, sum } = new SumTree(leaves).root
  const [{ receipt }] = entries
  const batch: Batch = {
    provider: receipt.provider,
    modelId: receipt.modelId,
    root: digest,
    count: BigInt(entries.length),
    coverage: sum,
    window: receipt.challengeWindow,
  }
  return { batchId: batchId(batch), batch, tree: Uint8Array.of(entries.length & 0xff, 7) }
}
