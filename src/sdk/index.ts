/**
 * `onus/sdk`: one verb for each thing that an application does with the registry. Needs an RPC URL, and a signer only for what sends
 * transactions. What is thrown is an `OnusError`: reverts carry the contract's own name for them.
 */
export { isOnusError, OnusError } from "../protocol/errors.ts"

// The registry
export { type Amounts, amountsOf } from "./amounts.ts"
export { chainTime, type Moment, readClocks, unixTime } from "./chain-time.ts"
export type { Call } from "./calls.ts"
export { type Client, connect, send, sendCall, type Sent } from "./client.ts"
export { call, explain, HINTS } from "./errors.ts"
export { Fault, type FaultName, provenFaults } from "./fault.ts"
export type { Modules } from "./modules.ts"
export { openRpc } from "./rpc.ts"

// Answers: what was handed over, and what stands behind it
export { type Bundle, decodeBundle, decodeHandedIn, encodeBundle, type HandedIn } from "./bundle.ts"
export { type AnswerCheck, type CheckedAnswer, checkPolicy } from "./check-policy.ts"
export { explainRefusal } from "./explain-refusal.ts"
export { type Assurance, type Collateral, locate } from "./locate.ts"
export { verifyPlace } from "./verify-place.ts"
export { inclusionJson, receiptJson } from "./receipt-json.ts"
export {
  brokenPromise,
  type Expected,
  requireEvidence,
  requireFresh,
  requireKept,
  requireRegistry,
  requireTerms,
  verifySignature,
} from "./verify.ts"
export { type OfflineVerdict, type Root, verifyOffline } from "./verify-offline.ts"

// Providers
export { attest } from "./attest.ts"
export { anchor, prepareBatch, type PreparedBatch } from "./anchor.ts"
export { type BurnedFee, burnFee, mostFee, type Subject } from "./burn-fee.ts"
export { changeKey, signChange, type SignedKeyChange } from "./change-key.ts"
export { decodeKeyChange, encodeKeyChange } from "./key-change-file.ts"
export { addKey, listKeys, type ProviderKey, revokeKey } from "./keys.ts"
export { modelRegisteredAt, registerModel, requireModel } from "./register-model.ts"
export { registerProvider } from "./register-provider.ts"
export { type Bond, type Placed, release, type Released } from "./release.ts"
export { type ProviderStanding, readStanding } from "./reputation.ts"
export { deposit, type Leaving, readLeaving, startThaw, withdraw } from "./stake.ts"

// Faults: proving them, and being paid
export { claim, type Claimed, type ClaimOptions, offenceId, payoutIdOf, type Share } from "./claim.ts"
export { type Conviction, convictEquivocation, convictWrongExecution } from "./convict.ts"
export { answerDemandCall, answerOmissionCall, claimRestitutionCall, claimRewardCall } from "./calls.ts"
export { releaseBatchesCall, releaseReceiptCall, settleDemandCall, settleOmissionCall } from "./calls.ts"
export { type Accused, type Court, openCourt } from "./game/court.ts"
export { convictWithheld } from "./game/convict.ts"
export { type Demand, type GameState, readGame } from "./game/read.ts"
export { settle, type Settled } from "./game/settle.ts"
export { answerOmission } from "./omission/answer.ts"
export { claimOmission, type OmissionClaim } from "./omission/claim.ts"
export { convictOmission } from "./omission/convict.ts"
export { type OmissionSettled, settleOmission } from "./omission/settle.ts"
