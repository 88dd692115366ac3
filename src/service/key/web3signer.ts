import { Signature, computeAddress, getAddress, hexlify, keccak256, recoverAddress } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Key } from "../key.ts"

/** A signature has 132 characters, a list of a hundred thousand keys 14 million. */
const LARGEST_SIGNATURE = 1_000
const LARGEST_LIST = 2 ** 24

export interface Web3SignerOptions {
  /** Base URL; credentials in it are sent as basic authorization. */
  readonly url: string
  readonly address: string
  /** Seconds for one answer. */
  readonly timeout: number
}

/**
 * A key that a Web3Signer keeps. It hashes with Keccak-256 by itself; what it answers is checked.
 *
 * @throws OnusError `SignerUnavailable` when it does not answer, or does not have the key. The URL is never told: it may hold a password.
 */
export async function web3signerKey({ url, address, timeout }: Web3SignerOptions): Promise<Key> {
  const signer = new RemoteSigner(url, timeout)
  const identifier = await identify(signer, address)
  return {
    address: getAddress(address),
    async sign(preimage) {
      const body = JSON.stringify({ data: hexlify(preimage) })
      const text = await signer.ask("POST", `/api/v1/eth1/sign/${identifier}`, LARGEST_SIGNATURE, body)
      return checked(text, preimage, address)
    },
  }
}

/** A Web3Signer names keys by their public halves; what only speaks like one may know none but addresses. */
async function identify(signer: RemoteSigner, address: string): Promise<string> {
  let keys: unknown
  try {
    keys = JSON.parse(await signer.ask("GET", "/api/v1/eth1/publicKeys", LARGEST_LIST))
  } catch (error) {
    if (error instanceof Status && [404, 405].includes(error.status)) return address
    throw error instanceof OnusError ? error : unavailable("lists no keys")
  }
  const listed: unknown[] = Array.isArray(keys) ? keys : []
  const found = listed.find((key) => addressOf(key) === getAddress(address))
  if (typeof found === "string") return found
  throw unavailable(`has no key of ${address}`)
}

function addressOf(key: unknown): string | undefined {
  if (typeof key !== "string" || !/^0x([0-9a-f]{128}|04[0-9a-f]{128}|0[23][0-9a-f]{64})$/i.test(key))
    return undefined
  try {
    return computeAddress(key.length === 130 ? `0x04${key.slice(2)}` : key)
  } catch {
    return undefined
  }
}

/** The signature in the one form that contracts take: the lower s, v 27 or 28. */
function checked(text: string, preimage: Uint8Array, address: string): string {
  let signature: Signature
  let signed: string
  try {
    signature = Signature.from(lowered(text.trim().replaceAll('"', "")))
    signed = recoverAddress(keccak256(preimage), signature)
  } catch {
    throw unavailable("answered with what is no signature")
  }
  if (signed === getAddress(address)) return signature.serialized
  throw unavailable(`signed with the key of ${signed} instead of ${address}`)
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** Of the two signatures that mean the same, the one with the lower s; v as 27 or 28. */
function lowered(text: string): string {
  if (!/^0x[0-9a-f]{130}$/i.test(text)) throw new Error("no signature")
  const s = BigInt(`0x${text.slice(66, 130)}`)
  const parity = Number.parseInt(text.slice(130), 16) % 27
  if (s <= ORDER / 2n) return text.slice(0, 130) + (27 + parity).toString(16)
  return text.slice(0, 66) + (ORDER - s).toString(16).padStart(64, "0") + (28 - parity).toString(16)
}

const unavailable = (what: string, cause?: unknown) =>
  new OnusError("SignerUnavailable", `The remote signer ${what}`, {
    hint: "Look at its log, and at `web3signer`, `address` and `timeout` of the key",
    ...(cause === undefined ? {} : { cause }),
  })

class Status extends OnusError {
  readonly status: number

  constructor(status: number) {
    super("SignerUnavailable", `The remote signer answered with status ${status}`)
    this.status = status
  }
}

/** HTTP to one signer: with a time limit and a limit of size, and without following it elsewhere. */
class RemoteSigner {
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeout: number

  constructor(url: string, timeout: number) {
    const { origin, pathname, username, password } = new URL(url)
    this.#base = origin + pathname.replace(/\/$/, "")
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
    const basic = { authorization: `Basic ${credentials.toString("base64")}` }
    this.#headers = { "content-type": "application/json", ...(username || password ? basic : {}) }
    this.#timeout = timeout
  }

  async ask(method: string, path: string, largest: number, body?: string): Promise<string> {
    const signal = AbortSignal.timeout(this.#timeout * 1000)
    const request = { method, headers: this.#headers, redirect: "error", signal } as const
    try {
      const response = await fetch(this.#base + path, body === undefined ? request : { ...request, body })
      if (response.ok) return await limited(response, largest)
      await response.body?.cancel()
      throw new Status(response.status)
    } catch (error) {
      if (error instanceof OnusError) throw error
      throw unavailable(signal.aborted ? `did not answer within ${this.#timeout} s` : "cannot be reached")
    }
  }
}

async function limited(response: Response, largest: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > largest) throw unavailable(`answered with more than ${largest} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
