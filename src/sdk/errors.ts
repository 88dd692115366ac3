import { Interface, type Result, isCallException } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import {
  DemoToken__factory,
  DigitBook__factory,
  ElementReferee__factory,
  Equivocation__factory,
  Onus__factory,
  WrongExecution__factory,
} from "../../types/contracts/index.js"

/** Errors of all contracts that a call can pass through: judges revert through the registry. */
const CONTRACT_ERRORS = new Interface(
  [
    Onus__factory,
    Equivocation__factory,
    WrongExecution__factory,
    ElementReferee__factory,
    DemoToken__factory,
    DigitBook__factory,
  ].flatMap((factory) => factory.abi.filter((entry) => entry.type === "error")),
)

/** Hints for the errors that people run into most. */
export const HINTS = {
  AlreadyAnswered: "The demand has its answer: read the game again and go on from there",
  AlreadyAnchored: "This batch or receipt has its collateral already; nothing needs to be done",
  AlreadyCommitted: "The commitment is there and still counts; nothing needs to be done",
  AlreadyDemanded:
    "Somebody else asked for it: the answer serves everyone. A commitment made before counts with `precede`",
  AnswerTooLate: "The demand convicts by itself now",
  BondTooLow: "Send more wei: `answerPrice` tells how many a demand costs in this block",
  ChunkDemanded: "Show the bytes of the chunk, not its digest",
  ERC20InsufficientAllowance: "Approve the registry for the amount, or deposit with a permit",
  ERC20InsufficientBalance: "The account does not own enough of the stake token",
  GameOpen: "Wait until the receipt was convicted or cannot be any more",
  GameOver: "No demand is taken any more; what was revealed can still convict while the receipt is open",
  KeyNotValid:
    "A receipt counts only if its key was valid when it was issued: `onus provider show` lists the provider's keys",
  ModelUnknown: "Register the model first: `onus model add`",
  NothingToSettle: "The bond was paid already, or nobody asked that question",
  PayoutEmpty:
    "It was paid out already, or no conviction has this id: `onus dispute` and `onus convict` print it",
  PayoutNotMatured: "Wait until the escrow is over: the error names the time in Unix seconds",
  ProviderUnknown: "Register the provider first: `onus provider register`",
  ReceiptFromFuture: "Wait until the chain's clock is there, or refuse the receipt: it is no evidence yet",
  ReceiptsIdentical: "Give two different answers to one request",
  ReceiptTooOld:
    "Refuse it: a signature alone is evidence for as long as stake thaws, and only collateral lasts longer",
  SenderNotAuthorised: "Send from the provider's own account or from one of its valid keys",
  StakeTooLow:
    "Deposit more stake or anchor less coverage: twice the coverage is reserved, and half must stay free",
  TraceRootUnknown: "Send the first answer from the provider's own account or from one of its valid keys",
  WindowClosed: "The challenge window is over: the answer is final",
  WindowOpen:
    "Wait until the answer cannot be challenged any more: both the time and the block must have come",
} as const satisfies Readonly<Record<string, string>>

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
function revertData(error: unknown, depth = 0): string | undefined {
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
