import { getAddress } from "ethers"
import * as z from "zod"
import { OnusError } from "../protocol/errors.ts"
import { toJson } from "../protocol/json.ts"
import type { SignedKeyChange } from "./change-key.ts"

const FORMAT = "onus.key-change.v1"

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => getAddress(text.toLowerCase()))
const integer = (bits: bigint) =>
  z
    .string()
    .regex(/^[0-9]{1,78}$/)
    .transform(BigInt)
    .refine((value) => value < 1n << bits, `not below 2^${bits}`)

const schema = z.strictObject({
  format: z.literal(FORMAT),
  registry: z.strictObject({ chainId: integer(256n), address }),
  change: z.strictObject({
    provider: address,
    key: address,
    validUntil: integer(64n),
    roles: z.int().min(0).max(3),
    nonce: integer(256n),
    deadline: integer(64n),
  }),
  signature: z.string().regex(/^0x([0-9a-fA-F]{2})*$/),
})

/** A signed change as JSON text; integers are decimal strings. */
export function encodeKeyChange({ registry, change, signature }: SignedKeyChange): string {
  return `${toJson({ format: FORMAT, registry, change, signature })}\n`
}

/** Reads a signed change. @throws OnusError `KeyChangeMalformed` that names the field. */
export function decodeKeyChange(text: string): SignedKeyChange {
  try {
    const { registry, change, signature } = schema.parse(JSON.parse(text))
    return { registry, change, signature }
  } catch (cause) {
    const why = cause instanceof z.ZodError ? fieldOf(cause) : "it is not JSON"
    throw new OnusError("KeyChangeMalformed", `This is not a signed change of a key: ${why}`, { cause })
  }
}

function fieldOf({ issues: [issue] }: z.ZodError): string {
  return `${issue.path.join(".") || "the file"}: ${issue.message}`
}
