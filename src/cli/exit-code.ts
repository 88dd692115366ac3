import { isCallException } from "ethers"
import { OnusError, isOnusError } from "../protocol/errors.ts"

/** How a command ended, for scripts. Documented in `docs/cli.md`. */
export const ExitCode = {
  Ok: 0,
  Unexpected: 1,
  /** The command line, a file given or the configuration is wrong. */
  Usage: 2,
  Mismatch: 3,
  Unverifiable: 4,
  Refused: 5,
  /** The transaction was sent, but what became of it is not known. */
  Unknown: 6,
  /** A node, a database or a signer cannot be reached. */
  RpcUnreachable: 69,
  /** Another process holds what only one may hold. */
  Locked: 73,
  /** Whoever supervises the process should start it again. */
  Temporary: 75,
  Key: 77,
  /** Ended in order by SIGINT, or SIGTERM. */
  Interrupted: 130,
  Terminated: 143,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** The evidence itself is not what it should be. */
const UNVERIFIABLE = [
  "BatchPathInvalid",
  "BundleMalformed",
  "CommitmentMismatch",
  "InclusionInvalid",
  "ModelMismatch",
  "ReceiptFromFuture",
  "ReceiptMalformed",
  "ReceiptSignatureInvalid",
  "ReceiptTooOld",
  "TensorSizeMismatch",
]

/** Everything was in order, but doing it would be wrong or pointless. */
const REFUSED = [
  "AlreadyAnchored",
  "AlreadyAnswered",
  "AnswerAwaited",
  "AnswerRight",
  "BalanceTooLow",
  "BatchDuplicate",
  "BatchMixed",
  "FeeAboveCap",
  "FileExists",
  "GasTooLow",
  "ModelUnknown",
  "NotClaimed",
  "NothingLocked",
  "PayoutEmpty",
  "ProofTooLarge",
  "ProviderUnknown",
  "ReceiptExpired",
  "ReceiptsIdentical",
  "RequestIdReused",
  "RequestMismatch",
  "RpcRefused",
  "TraceNotCommitted",
]

const KEY = ["KeyMissing", "KeyMalformed", "KeyNotValid", "PasswordMissing", "PasswordWrong"]

const UNAVAILABLE = ["DatabaseUnavailable", "RpcUnavailable", "RpcUnreachable", "SignerUnavailable"]

const TEMPORARY = ["DatabaseFull", "ListenFailed", "PortUnavailable"]

/** An error that keeps `verify` from a verdict, whatever it means elsewhere. */
class Unverifiable extends OnusError {}

/** Marks what is wrong with the evidence; other errors stay what they are. */
export function unverifiable(error: unknown): unknown {
  const evidence: ExitCode[] = [ExitCode.Unverifiable, ExitCode.Refused, ExitCode.Key]
  if (!isOnusError(error) || !evidence.includes(exitCodeOf(error))) return error
  const { code, message, hint } = error
  return new Unverifiable(code, message, { cause: error, ...(hint === undefined ? {} : { hint }) })
}

/** The exit code that goes with an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isOnusError(error)) return ExitCode.Unexpected
  if (error instanceof Unverifiable) return ExitCode.Unverifiable
  const { code } = error
  if (isCallException(error.cause)) return code === "ContractMissing" ? ExitCode.Usage : ExitCode.Refused
  if (UNVERIFIABLE.includes(code)) return ExitCode.Unverifiable
  if (REFUSED.includes(code)) return ExitCode.Refused
  if (KEY.includes(code)) return ExitCode.Key
  if (code === "TransactionUnknown") return ExitCode.Unknown
  if (UNAVAILABLE.includes(code)) return ExitCode.RpcUnreachable
  if (TEMPORARY.includes(code)) return ExitCode.Temporary
  if (code === "LockHeld") return ExitCode.Locked
  if (code === "Interrupted") return ExitCode.Interrupted
  if (code === "Terminated") return ExitCode.Terminated
  return ExitCode.Usage
}
