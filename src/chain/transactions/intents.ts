import { isAddress, isHexString } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Intent } from "./transactions.ts"

/** Kind of the intents that do nothing but use up a nonce; nobody else submits such. */
export const FILLER = "fill"

/** Bytes of calldata that public mempools take, about. */
const MOST_DATA = 126_000
const MOST_KEY = 200

/**
 * Checks an intent before it is kept: what is on the disk must always be possible to sign.
 *
 * @throws OnusError `IntentInvalid` that says what is wrong.
 */
export function checked(intent: Intent): Intent {
  const { key, priority, kind, to, data, value, deadline } = intent
  const why = problem(intent)
  if (why !== undefined) {
    throw new OnusError("IntentInvalid", `Intent ${JSON.stringify(String(key).slice(0, MOST_KEY))}: ${why}`, {
      hint: "This is a mistake of the program that submits it, nothing was sent",
    })
  }
  const plain = { key, priority, kind, to: to.toLowerCase(), data: data.toLowerCase(), value }
  return deadline === undefined ? plain : { ...plain, deadline }
}

function problem({ key, priority, kind, to, data, value, deadline }: Intent): string | undefined {
  if (key.length === 0 || key.length > MOST_KEY) return `a key has 1 to ${MOST_KEY} characters`
  if (kind.length === 0 || kind.length > MOST_KEY) return `a kind has 1 to ${MOST_KEY} characters`
  if (kind === FILLER) return `the kind ${kind} is taken`
  if (![0, 1, 2].includes(priority)) return `${priority} is no priority`
  if (!isAddress(to)) return `${to} is no address`
  if (!isHexString(data) || data.length % 2 !== 0) return "the data is not hexadecimal"
  if (data.length > 2 * MOST_DATA) return `${data.length / 2 - 1} bytes of data are more than ${MOST_DATA}`
  if (value < 0n || value >= 1n << 256n) return `${value} is no amount of wei`
  if (deadline !== undefined && (!Number.isSafeInteger(deadline) || deadline < 0))
    return `${deadline} is no time`
  return undefined
}
