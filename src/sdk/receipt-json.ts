import { getAddress } from "ethers"
import * as z from "zod"

/*
 * Receipts as JSON: hashes and addresses as 0x-prefixed hex, integers as decimal text.
 */

// What is compared as text later has one way of writing, whoever wrote it.
const hexOf = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`))
    .transform((hex) => hex.toLowerCase())

export const hashJson = hexOf(32)
export const addressJson = hexOf(20).transform(checksummed)
export const signatureJson = hexOf(65)
export const integerJson = z
  .string()
  .regex(/^[0-9]{1,78}$/)
  .transform(BigInt)

/** Checksums of addresses cost more than everything else here, and the same ones come again. */
const MOST_KNOWN = 4096
const known = new Map<string, string>()

function checksummed(text: string): string {
  const found = known.get(text)
  if (found !== undefined) return found
  const address = getAddress(text)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(text, address)
  return address
}

export const registryJson = z.strictObject({ chainId: integerJson, address: addressJson })

export const receiptJson = z.strictObject({
  provider: addressJson,
  modelId: hashJson,
  requestId: hashJson,
  inputCommitment: hashJson,
  outputCommitment: hashJson,
  traceCommitment: hashJson,
  consumer: addressJson,
  coverage: integerJson,
  issuedAt: integerJson,
  anchorBy: integerJson,
  challengeWindow: integerJson,
  termsHash: hashJson,
})

export const inclusionJson = z.strictObject({
  batch: z.strictObject({
    provider: addressJson,
    modelId: hashJson,
    root: hashJson,
    count: integerJson,
    coverage: integerJson,
    window: integerJson,
  }),
  index: integerJson,
  path: z.array(z.strictObject({ digest: hashJson, sum: integerJson })),
})
