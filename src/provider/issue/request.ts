import { hexlify } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Entry } from "../journal.ts"

/** What a consumer wants of an answer besides that it is right. */
export interface Wishes {
  /** Who is owed restitution, and whose request ids these are. */
  readonly consumer: string
  /** 32 bytes, 0x-prefixed, lower case. */
  readonly requestId: string
  /** Whether the consumer chose the request id; otherwise the node made it up. */
  readonly isIdChosen: boolean
  /** Token units of restitution. */
  readonly coverage: bigint
  /** Seconds. */
  readonly challengeWindow: bigint
  /** Seconds after the answer. */
  readonly anchorWithin: bigint
  readonly termsHash: string
  /** Whether the receipt commits to the trace, or to nothing until somebody asks. */
  readonly trace: "eager" | "lazy"
  /** Raw X25519 public key of the consumer, if nobody else may have the evidence. */
  readonly sealedFor?: Uint8Array
}

/** A question with all wishes, checked against the model that it is for. */
export interface InferenceRequest {
  readonly modelId: string
  /** Little-endian bytes of the input tensors, concatenated in the order of the program. */
  readonly inputs: Uint8Array
  readonly wishes: Wishes
}

/** Both ends included. */
export interface Range {
  readonly min: bigint
  readonly max: bigint
}

/** What a provider takes. Token units and seconds. */
export interface ServingLimits {
  readonly coverage: Range
  readonly challengeWindow: Range
  /**
   * The windows that answers get, ascending, the last one the longest: each gets the first that is as long as was asked. Any other
   * window would need a batch, and a transaction, of its own: whoever asks for a thousand windows would have a thousand paid for.
   * Without them every window is given as it was asked for.
   */
  readonly windows?: readonly bigint[]
  readonly anchorWithin: Range
}

/** The window that an answer gets, in seconds: never shorter than was asked. */
export const windowFor = ({ windows = [] }: Pick<ServingLimits, "windows">, wanted: bigint): bigint =>
  windows.find((window) => window >= wanted) ?? wanted

/** Windows from the shortest to the longest, each twice as long as the one before, and one that is common besides. */
export function windowsBetween({ min, max }: Range, common: bigint): readonly bigint[] {
  const windows = new Set([common, max])
  for (let window = min; window < max; window *= 2n) windows.add(window)
  return [...windows].sort((a, b) => Number(a - b))
}

/**
 * Refuses wishes that this provider does not fulfil.
 *
 * @throws OnusError `CoverageOutOfRange`, `WindowOutOfRange`, `AnchorWithinOutOfRange`.
 */
export function requireWithin(limits: ServingLimits, wishes: Wishes): void {
  require("CoverageOutOfRange", "The coverage", "token units", wishes.coverage, limits.coverage)
  require("WindowOutOfRange", "The challenge window", "s", wishes.challengeWindow, limits.challengeWindow)
  require("AnchorWithinOutOfRange", "The time to anchor", "s", wishes.anchorWithin, limits.anchorWithin)
}

function require(code: string, what: string, unit: string, value: bigint, { min, max }: Range): void {
  if (value >= min && value <= max) return
  throw new OnusError(code, `${what} is ${value} ${unit}; this provider takes ${min} to ${max}`, {
    hint: "GET /v1/provider tells what is taken",
  })
}

/** Names a request within this provider: what must not be answered in two ways. */
export const requestName = ({ consumer, requestId }: Pick<Wishes, "consumer" | "requestId">): string =>
  `${consumer}/${requestId}`.toLowerCase()

/** Equal for two requests that the same receipt answers: what a journal compares. */
export function questionName(
  terms: Pick<Entry["terms"], "modelId" | "inputCommitment" | "coverage" | "challengeWindow" | "termsHash">,
  trace: "eager" | "lazy",
  sealedFor: Uint8Array | undefined,
): string {
  const { modelId, inputCommitment, coverage, challengeWindow, termsHash } = terms
  const sealed = sealedFor ? hexlify(sealedFor) : "open"
  return [modelId, inputCommitment, coverage, challengeWindow, termsHash, trace, sealed].join().toLowerCase()
}
