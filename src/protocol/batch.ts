import { AbiCoder, id, keccak256 } from "ethers"
import type { SumNode } from "./sum-tree.ts"

/** Receipts of one provider for one model, as anchored. Twin of `contracts/types/Batch.sol`. */
export interface Batch {
  readonly provider: string
  readonly modelId: string
  readonly root: string
  readonly count: bigint
  /** Sum of the receipts' coverage in token units. */
  readonly coverage: bigint
  /** Seconds. */
  readonly window: bigint
}

/** Where a receipt's collateral is. */
export interface Inclusion {
  readonly batch: Batch
  readonly index: bigint
  readonly path: SumNode[]
}

/** The ABI type of an {@link Inclusion}. */
export const INCLUSION =
  "tuple(tuple(address provider, bytes32 modelId, bytes32 root, uint32 count, uint128 coverage, uint32 window) batch, uint32 index, tuple(bytes32 digest, uint128 sum)[] path)"

const ZERO = `0x${"00".repeat(32)}`

/** Says that a receipt was attested directly. */
export const DIRECT: Inclusion = {
  batch: { provider: `0x${"00".repeat(20)}`, modelId: ZERO, root: ZERO, count: 0n, coverage: 0n, window: 0n },
  index: 0n,
  path: [],
}

/** The content hash of a batch. */
export function batchId(batch: Batch): string {
  const types = ["bytes32", "address", "bytes32", "bytes32", "uint32", "uint128", "uint32"]
  const { provider, modelId, root, count, coverage, window } = batch
  const words = [id("onus.batch.v1"), provider, modelId, root, count, coverage, window]
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, words))
}
