import { Interface, type Result, isCallException } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import {
  AnswerEscrow__factory,
  Audits__factory,
  Callbacks__factory,
  DemoToken__factory,
  DigitBook__factory,
  ElementReferee__factory,
  Equivocation__factory,
  Governance__factory,
  LendingDesk__factory,
  Models__factory,
  Omission__factory,
  Onus__factory,
  Providers__factory,
  Reputation__factory,
  WrongExecution__factory,
} from "./contracts.ts"

/** Errors of all contracts that a call can pass through: judges revert through the registry. */
const CONTRACT_ERRORS = new Interface(
  [
    Onus__factory,
    Providers__factory,
    Models__factory,
    Reputation__factory,
    Governance__factory,
    Equivocation__factory,
    WrongExecution__factory,
    Omission__factory,
    ElementReferee__factory,
    Audits__factory,
    Callbacks__factory,
    DemoToken__factory,
    DigitBook__factory,
    AnswerEscrow__factory,
    LendingDesk__factory,
  ].flatMap((factory) => factory.abi.filter((entry) => entry.type === "error")),
)

/** Hints for the errors that people run into most. */
export const HINTS = {
  AlreadyAnswered:
    "It has its answer: of a demand, read the game again and go on from there; of a claim, nothing is owed",
  AlreadyAnchored: "This batch or receipt has its collateral already; nothing needs to be done",
  AlreadyClaimed: "Somebody else has claimed it; wait for the answer, and convict if there is none",
  AlreadyConvicted:
    "Nothing more is taken for it: `onus claim` pays out what is owed. Only who has committed to its evidence earlier gets the reward",
  AlreadyCommitted: "The commitment is there and still counts; nothing needs to be done",
  AlreadyDemanded:
    "Somebody else asked for it: the answer serves everyone. A commitment made before counts with `precede`",
  AnchoredElsewhere: "Name the batch that holds the receipt with its own model and at least its window",
  AnchoredLate:
    "The receipt was anchored after it promised: the provider is convicted for it once the claim is due",
  AnchorsPaused: "The guardian has paused anchors: wait until the Unix second that the error names",
  AnswerAwaited: "Wait until both the time, on the registry's clock, and the block have passed",
  AnswerTooLate: "What was not answered in time convicts by itself now",
  BondTooLow: "Send more wei: `answerPrice` tells how many an answer costs in this block",
  ChangeExpired: "Have the owner sign the change anew, with a later deadline",
  ChangeNotSigned:
    "Only the provider's own account can sign it, over exactly this change, for exactly this chain",
  ChunkDemanded: "Show the bytes of the chunk, not its digest",
  ClaimTooLate: "Omissions are claimed within ten days after the receipt was signed",
  DisputesStopped: "The guardian has stopped all clocks: wait until the Unix second that the error names",
  ERC20InsufficientAllowance: "Approve the registry for the amount, or deposit with a permit",
  ERC20InsufficientBalance: "The account does not own enough of the stake token",
  Excused: "Anchors were paused while the receipt was to be anchored: nobody owes an answer",
  AllowanceFull: "Fees that were burned wait to be used: pay when the provider has released bonds",
  FeeAboveCap:
    "One payer counts for so much only, and the error says how much is left: let somebody else pay too",
  FeeTooSmall: "Burn at least what the error names",
  GameOpen: "Wait until the receipt was convicted or cannot be any more",
  GameOver: "No demand is taken any more; what was revealed can still convict while the receipt is open",
  InvalidAccountNonce: "The change was sent already, or another one before it: have the owner sign it anew",
  KeyExists: "A key serves one interval only: add another key",
  KeyExpired: "The key has ended already; nothing needs to be done",
  KeyExpiryPast: "Name a time in the future",
  KeyNotValid:
    "A receipt counts only if its key was valid when it was issued: `onus provider show` lists the provider's keys",
  KeyUnknown: "`onus provider show` lists the provider's keys",
  LeafNotAbsent:
    "Name the step whose tensor the leaf belongs to (`answerLeaf`); a digest explains only that nothing is there",
  LeafNotDemanded: "Show the digests below the node: a step explains leaves only",
  LeafOutOfTensor:
    "Name the step that makes the chunk of this leaf; behind the last tensor, show that it is absent",
  ModelUnknown: "Register the model first: `onus model add`",
  NotAnchored:
    "Nothing stands behind the answer: anchor it in time (`onus anchor`), or name the file that says in which batch it is",
  NotClaimed: "Claim it first: `onus omission claim`",
  NotDue: "Wait until the receipt's `anchorBy` is over: it may still be anchored",
  NothingToSettle: "The bond was paid already, nobody left one, or it is not settled yet who gets it",
  PayoutEmpty:
    "It was paid out or given back already, or no conviction has this id: `onus dispute` and `onus convict` print it",
  PayoutNotMatured: "Wait until the escrow is over: the error names the time on the registry's clock",
  PayoutSettled: "Only what is in escrow still can be given back",
  ProviderExists: "This account is registered already; nothing needs to be done",
  ProviderTombstoned:
    "The provider is excluded for ever: nothing can be added to its stake or anchored by it",
  ProviderUnknown: "Register the provider first: `onus provider register`",
  ReceiptFromFuture: "Wait until the chain's clock is there, or refuse the receipt: it is no evidence yet",
  ReceiptsIdentical: "Give two different answers to one request",
  ReceiptTooOld:
    "Refuse it: a signature alone is evidence for as long as stake thaws, and only collateral lasts longer",
  RolesInvalid: "A key signs (1), anchors (2), or both (3)",
  SenderNotAuthorised: "Send from the provider's own account or from one of its valid keys that may anchor",
  StakeTooLow:
    "Deposit more stake, anchor less coverage or take less out: twice the coverage is reserved, and half must stay free",
  ThawEmpty: "Nothing thaws: start with `onus provider thaw`",
  ThawFrozen:
    "Disputes that are open may take it: wait until the time, on the registry's clock, that the error names",
  ThawNotMatured: "Wait until it has thawed: the error names the time on the registry's clock",
  TraceRootUnknown:
    "Send the first answer from the provider's own account or from one of its valid keys that may anchor",
  WindowClosed: "The challenge window is over: the answer is final",
  WindowOutOfRange: "Name a window, in seconds, between those that the error names",
  WindowOpen:
    "Wait until the answer cannot be challenged any more: both the time, on the registry's clock, and the block must have come",
} as const satisfies Readonly<Record<string, string>>

/** What the contract would refuse, and is not asked: an error of the same code, in a sentence. */
export function refusal(code: keyof typeof HINTS, message: string): OnusError {
  return new OnusError(code, message, { hint: HINTS[code] })
}

/** Turns a revert into an error that names what the contract said; other errors pass through. */
export function explain(error: unknown): unknown {
  const data = revertData(error)
  if (data === undefined) return error
  const parsed = data.length >= 10 ? CONTRACT_ERRORS.parseError(data) : null
  if (!parsed) return new OnusError("CallReverted", `The contract reverted with ${data}`, { cause: error })
  const values = parsed.fragment.inputs.map((input, i) => `${input.name || i}=${plain(parsed.args[i])}`)
  const hint = (HINTS as Readonly<Record<string, string>>)[parsed.name]
  const message = `The contract refused: ${parsed.name}(${values.join(", ")})`
  return new OnusError(parsed.name, message, { cause: error, ...(hint ? { hint } : {}) })
}

/** The bytes of a revert, wherever the library or the node put them; `undefined` for other errors. */
export function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 4) return undefined
  const { data, info, error: inner, cause } = error as Record<string, unknown>
  if (typeof data === "string" && /^0x([0-9a-f]{2})*$/i.test(data)) return data
  for (const next of [data, info, inner, cause]) {
    const found = revertData(next, depth + 1)
    if (found !== undefined) return found
  }
  return isCallException(error) && depth === 0 ? "0x" : undefined
}

/** Runs a contract call and explains its revert. */
export async function call<T>(action: Promise<T>): Promise<T> {
  try {
    return await action
  } catch (error) {
    throw explain(error)
  }
}

const plain = (value: unknown): string =>
  Array.isArray(value) ? `[${(value as Result).map(plain).join(",")}]` : String(value)
