import { randomBytes } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import { ZeroAddress, ZeroHash, getAddress, getBytes } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Wishes } from "../issue/request.ts"
import { type Json, field } from "./body.ts"
import type { ServedModel } from "./model.ts"
import { malformed, quoted } from "./refuse.ts"

/** What stands for wishes that a request does not name. */
export interface DefaultWishes {
  /** Without one, every request must name its consumer. */
  readonly consumer?: string
  /** Token units. */
  readonly coverage: bigint
  /** Seconds. */
  readonly challengeWindow: bigint
  /** Seconds. */
  readonly anchorWithin: bigint
}

/** Checksums of addresses cost more than everything else here. */
const MOST_KNOWN = 4096
const known = new Map<string, string>()

/**
 * What a request wants: `parameters` of its body, or headers `Onus-Request-Id`, `Onus-Consumer`, ... where they say nothing.
 *
 * @throws OnusError `RequestMalformed`, `ConsumerMissing`.
 */
export function wishesOf(
  parameters: Json,
  headers: IncomingHttpHeaders,
  defaults: DefaultWishes,
  { trace, termsHash: terms = ZeroHash }: Pick<ServedModel, "trace" | "termsHash">,
): Wishes {
  const wish = (name: string): unknown =>
    field(parameters, name) ?? headers[`onus-${name.replaceAll("_", "-")}`]
  const id = wish("request_id")
  const consumer = wish("consumer") ?? defaults.consumer
  if (consumer === undefined) {
    throw new OnusError(
      "ConsumerMissing",
      "The request names no consumer: nobody would be owed for a wrong answer",
      {
        hint: 'Give the address as the parameter "consumer" or the header Onus-Consumer',
      },
    )
  }
  const termsHash = wish("terms_hash")
  const evidenceKey = wish("evidence_key")
  return {
    consumer: consumerFrom(consumer, defaults),
    requestId: id === undefined ? `0x${randomBytes(32).toString("hex")}` : hashFrom("request_id", id),
    isIdChosen: id !== undefined,
    coverage: integerFrom("coverage", wish("coverage"), defaults.coverage),
    challengeWindow: integerFrom("challenge_window", wish("challenge_window"), defaults.challengeWindow),
    anchorWithin: integerFrom("anchor_within", wish("anchor_within"), defaults.anchorWithin),
    termsHash: termsHash === undefined ? terms : hashFrom("terms_hash", termsHash),
    trace,
    ...(evidenceKey === undefined ? {} : { sealedFor: getBytes(hashFrom("evidence_key", evidenceKey)) }),
  }
}

/** The zero address is nobody: it can be owed nothing, so it is taken only where the operator means just that. */
function consumerFrom(value: unknown, { consumer }: DefaultWishes): string {
  const address = addressFrom(value)
  if (address !== ZeroAddress || consumer === ZeroAddress) return address
  throw new OnusError("ConsumerInvalid", "The consumer is the zero address, which can be owed nothing")
}

function addressFrom(value: unknown): string {
  if (typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value)) {
    const found = known.get(value)
    if (found !== undefined) return found
    try {
      const address = getAddress(value)
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(value, address)
      return address
    } catch {
      throw malformed(`the checksum of the consumer ${value} is wrong`)
    }
  }
  throw malformed(`the consumer ${quoted(value)} is no address`)
}

function hashFrom(name: string, value: unknown): string {
  if (typeof value === "string" && /^0x[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase()
  throw malformed(`the ${name} ${quoted(value)} is not 0x and 64 hexadecimal digits`)
}

function integerFrom(name: string, value: unknown, fallback: bigint): bigint {
  if (value === undefined) return fallback
  if (Number.isSafeInteger(value) && Number(value) >= 0) return BigInt(value as number)
  if (typeof value === "string" && /^\d{1,39}$/.test(value)) return BigInt(value)
  const plain = typeof value === "bigint" ? String(value) : value
  throw malformed(
    `the ${name} ${quoted(plain)} is no whole number`,
    "Amounts are in token units, times in seconds",
  )
}
