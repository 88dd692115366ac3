/**
 * `onus/facts`: who stands behind which answer, and what happened when they were wrong. Read from an index, or from the chain by an
 * RPC URL alone; every answer says which, and as of which block.
 */
export type * from "./entities.ts"
export type * from "./source.ts"
export { type ChainFacts, type ChainFactsOptions, openChainFacts } from "./chain/open.ts"
export { type FollowedReceipt, followReceipt } from "./follow.ts"
export { openIndexFacts } from "./index/open.ts"
export { type FactsOptions, openFacts, type OpenedFacts } from "./open.ts"
export { everyItem } from "./pages.ts"
export { type Comparison, compareProviders, type Measure, MOST_COMPARED } from "./state/compare.ts"
export { unixOf } from "./state/deadline.ts"
export { type DisputeTurn, disputeTurn } from "./state/dispute.ts"
export { refusalInWords } from "./state/refusal.ts"
export { type ReceiptStage, type ReceiptState, receiptState } from "./state/receipt.ts"
export { type Confidence, confidenceOf, scoreInWords } from "./state/score.ts"
