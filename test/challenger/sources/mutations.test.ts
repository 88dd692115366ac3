import { expect } from "chai"
import fc from "fast-check"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { receiptId } from "../../../src/protocol/receipt.ts"
import { bundleOf, encodeBundle } from "../../../src/sdk/bundle.ts"
import { readEvidence } from "../../../src/challenger/sources/evidence.ts"
import { readListing } from "../../../src/challenger/sources/listing.ts"
import { readReceipt } from "../../../src/challenger/sources/shown-receipt.ts"
import { KEY, REGISTRY, signedAnswer } from "../../sdk/samples.ts"
import { batchWith, receipts, shown } from "./provider-host.ts"

/** Pieces that break parsers. */
const PIECES = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "-1",
  "1e999",
  "0x",
  "\n",
  "\0",
  "\u00ff",
  "9".repeat(90),
]

/** Bytes of a text in which some places were written over. */
const mutated = (text: string) =>
  fc
    .array(
      fc.tuple(
        fc.nat(text.length),
        fc.nat(40),
        fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 9 })),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((changes) =>
      Buffer.from(
        changes.reduce((now, [at, length, piece]) => now.slice(0, at) + piece + now.slice(at + length), text),
      ),
    )

/** Whether it was read as it was, or refused as it must be: never something else, and no other error. */
const holds = async (read: () => unknown, expected: unknown) => {
  try {
    expect(await read()).to.deep.equal(expected)
  } catch (error) {
    if (!isOnusError(error)) throw error
    expect(error.code).to.be.oneOf(["ContentInvalid", "FetchMissing"])
  }
}

describe("what others serve, with anything changed", () => {
  const made = batchWith(receipts(3))
  const check = (text: string, property: (bytes: Buffer) => Promise<void>) =>
    fc.assert(fc.asyncProperty(mutated(text), property), { numRuns: 300, seed: 7 })

  it("is the same list or none", async () => {
    const text = made.lines.join("")
    const receiptsOf = async (bytes: Buffer) => {
      const sightings = await readListing(bytes, made, REGISTRY)
      // Signatures are not bound by the root.
      return sightings.map(({ signed: { receipt }, inclusion }) => [receipt, inclusion])
    }
    const expected = await receiptsOf(Buffer.from(text))
    await check(text, (bytes) => holds(() => receiptsOf(bytes), expected))
  })

  it("is the same receipt in the same place, or none", async () => {
    const [receipt] = receipts(1)
    const inclusion = { batch: made.batch, index: 0n, path: made.tree.path(0) }
    const read = (bytes: Buffer) => readReceipt(bytes, made.ids[0], KEY.address, REGISTRY)
    await check(shown(receipt, { inclusion }), async (bytes) => {
      await holds(() => read(bytes).signed.receipt, receipt)
    })
  })

  it("is evidence of the same receipt, or none", async () => {
    const { signed, run } = await signedAnswer([1, -1])
    const id = receiptId(REGISTRY, signed.receipt)
    await check(encodeBundle(bundleOf(signed, run)), async (bytes) => {
      await holds(() => readEvidence(bytes, id, REGISTRY).signed.receipt, signed.receipt)
    })
  })
})
