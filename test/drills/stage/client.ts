import { decodeHeader } from "./wire.ts"
import { hexlify, randomBytes } from "ethers"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import type { SignedReceipt } from "../../../src/protocol/receipt.ts"

import { TOKEN, consumer, program } from "./roles.ts"

/** What a client wishes besides an answer. */
export interface Wishes {
  /** Onus' name of the request; made by the node if absent. */
  readonly requestId?: string
  /** Any number: says which picture. */
  readonly picture?: number
  /** Whole tokens. */
  readonly coverage?: number
  /** Seconds. */
  readonly window?: number
  /** Seconds. */
  readonly anchorWithin?: number
}

/** An answer as a client has it. */
export interface Answered {
  readonly signed: SignedReceipt
  readonly receiptId: string
  readonly outputs: readonly (readonly number[])[]
}

/** What a node says instead of an answer. */
export class Refused extends Error {
  readonly status: number
  readonly retryAfter: string | null

  constructor(status: number, body: string, retryAfter: string | null) {
    super(`${status}: ${body}`)
    this.status = status
    this.retryAfter = retryAfter
  }
}

export const randomId = (): string => hexlify(randomBytes(32))

/** A picture by its number: each pixel follows from it. */
export function picture(number: number): number[] {
  const length = program.inputs[0].tensor.length
  return Array.from({ length }, (_, i) => ((i * 31 + number * 97) % 256) / 256)
}

/** The body of a request of the Open Inference Protocol. */
export function inferBody({ requestId, coverage, window, anchorWithin, ...wishes }: Wishes): string {
  const [{ name, shape }] = program.inputs
  const data = picture(wishes.picture ?? 0)
  return JSON.stringify({
    inputs: [{ name, shape, datatype: "FP32", data }],
    parameters: {
      consumer: consumer.address,
      request_id: requestId,
      coverage: coverage === undefined ? undefined : String(BigInt(coverage) * TOKEN),
      challenge_window: window,
      anchor_within: anchorWithin,
    },
  })
}

/** Asks for an answer. @throws Refused */
export async function infer(url: string, wishes: Wishes = {}): Promise<Answered> {
  const response = await fetch(`${url}/v2/models/digits/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: inferBody(wishes),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Refused(response.status, text, response.headers.get("retry-after"))
  const body = JSON.parse(text) as { outputs: { data: number[] }[] }
  const header = response.headers.get("onus-receipt")
  if (header === null) throw new Error(`The answer came without a receipt: ${text}`)
  const { receiptId, ...signed } = decodeHeader(header)
  return { signed, receiptId, outputs: body.outputs.map(({ data }) => data) }
}

/** What the node says of a receipt. */
export interface Standing {
  readonly signed: SignedReceipt
  readonly receiptId: string
  readonly assurance: string
  readonly inclusion?: Inclusion | undefined
}
