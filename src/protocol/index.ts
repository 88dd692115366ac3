/**
 * `onus/protocol`: receipts, hashes, trees and policies, the same in TypeScript as in the contracts. Pure: no chain, no files, no clock.
 */
export { type Batch, batchId, DIRECT, type Inclusion } from "./batch.ts"
export { isOnusError, OnusError, type OnusErrorOptions } from "./errors.ts"
export { toJson } from "./json.ts"
export { type KeyChange, keyChangeDigest, keyChangeDomain, type ProvidersDomain } from "./key-change.ts"
export { METHOD, type ModelHeader, modelId, SEMANTICS } from "./model.ts"
export {
  ACCEPT_ANY,
  type AccountabilityPolicy,
  type Clause,
  CLAUSE_MEANING,
  CLAUSES,
  explainUnmet,
  type PolicyFacts,
  type PolicyReceipt,
  type Refusal,
  type UnmetClause,
  unmetClauses,
} from "./policy.ts"
export { ElementType, Space, type Tensor, widthOf } from "./program.ts"
export {
  type Receipt,
  RECEIPT_TYPES,
  receiptDomain,
  receiptId,
  recoverSigner,
  type Registry,
  requestKey,
  type SignedReceipt,
  signReceipt,
} from "./receipt.ts"
export { type Mass, type Standing, standing } from "./reputation.ts"
export { Role, roleNames } from "./role.ts"
export { type SumLeaf, type SumNode, SumTree, verifySumPath } from "./sum-tree.ts"
export { CHUNK_BYTES, leafDigest, nodeDigest, TensorTree } from "./tensor-tree.ts"
export { traceCommitment, type TraceContext } from "./trace.ts"
export { MAX_WINDOW, MIN_WINDOW, requireWindow } from "./window.ts"
