import { expect } from "chai"
import { AbiCoder, TypedDataEncoder, getAddress, getBytes, hexlify, keccak256 } from "ethers"
import fc from "fast-check"
import { isOnusError } from "../../src/protocol/errors.ts"
import {
  RECEIPT_TYPES,
  type Receipt,
  type Registry,
  receiptDomain,
  receiptId,
  receiptPreimage,
  requestKey,
} from "../../src/protocol/receipt.ts"
import { RECEIPTS } from "./vectors.ts"

const hexOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => hexlify(b))
const shouted = (hex: string) => `0x${hex.slice(2).toUpperCase()}`
const wrongCase = (address: string) =>
  address.replace(/[a-zA-Z](?=[^x]*$)/, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))

/** Values of a type in every form that comes to mind, right and wrong. */
const word = fc.oneof(
  { arbitrary: hexOf(32), weight: 20 },
  hexOf(32).map(shouted),
  hexOf(32).map((hex) => hex.slice(2)),
  hexOf(32).map((hex) => getBytes(hex)),
  hexOf(31),
  hexOf(33),
  fc.constantFrom("", "0x", `0x${"g".repeat(64)}`, `0x${"0".repeat(63)}\n`, null, undefined, 7, 7n),
)
const address = fc.oneof(
  { arbitrary: hexOf(20).map(getAddress), weight: 20 },
  hexOf(20),
  hexOf(20).map(shouted),
  hexOf(20).map((hex) => hex.slice(2)),
  hexOf(20).map((hex) => wrongCase(getAddress(hex))),
  hexOf(19),
  hexOf(32),
  fc.constantFrom(
    "",
    "0x",
    "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS",
    `0X${"ab".repeat(20)}`,
    null,
    undefined,
    7n,
  ),
)
const uint = (bits: number) =>
  fc.oneof(
    { arbitrary: fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), weight: 20 },
    fc.constantFrom(0n, 1n, (1n << BigInt(bits)) - 1n, 1n << BigInt(bits), -1n, 1n << 256n),
    fc.constantFrom(12, 1.5, Number.NaN, -1, 2 ** 60, "12", "0x12", "", "x", null, undefined, true),
  )

const receipts = fc.record({
  provider: address,
  modelId: word,
  requestId: word,
  inputCommitment: word,
  outputCommitment: word,
  traceCommitment: word,
  consumer: address,
  coverage: uint(128),
  issuedAt: uint(64),
  anchorBy: uint(64),
  challengeWindow: uint(32),
  termsHash: word,
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Receipt>
const registries = fc.record({
  chainId: uint(64),
  address,
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Registry>

/** What an action gives, or how it fails. */
function outcome(action: () => string): string {
  try {
    return action()
  } catch (error) {
    return isOnusError(error) ? `${error.code}: ${(error.cause as Error).message}` : (error as Error).message
  }
}

describe("hashes of receipts", () => {
  const { registry, receipt } = RECEIPTS.receipts[0]

  /** The same by the library's general encoder. */
  const slowly = (at: Registry, of: Receipt) =>
    outcome(() => TypedDataEncoder.hash(receiptDomain(at), RECEIPT_TYPES, of))
  const quickly = (at: Registry, of: Receipt) =>
    outcome(() => receiptId(at, of)).replace(/^ReceiptMalformed: /, "")

  it("are those of the general EIP-712 encoder, and so are refusals, for values in every form", () => {
    const same = (at: Registry, of: Receipt) => expect(quickly(at, of)).to.equal(slowly(at, of))
    fc.assert(
      fc.property(receipts, (of) => void same(registry, of)),
      { numRuns: 1500, seed: 1 },
    )
    fc.assert(
      fc.property(registries, (at) => void same(at, receipt)),
      { numRuns: 500, seed: 2 },
    )
    for (const name of Object.keys(receipt)) same(registry, { ...receipt, [name]: undefined })
    const fields: Record<string, fc.Arbitrary<unknown>> = {
      coverage: uint(128),
      issuedAt: uint(64),
      challengeWindow: uint(32),
      provider: address,
      termsHash: word,
    }
    for (const [name, values] of Object.entries(fields))
      for (const value of fc.sample(values, { numRuns: 200, seed: 3 }))
        same(registry, { ...receipt, [name]: value })
  })

  it("are of 66 bytes that a key can sign: 0x1901, domain and struct", () => {
    const preimage = receiptPreimage(registry, receipt)
    const struct = TypedDataEncoder.hashStruct("Receipt", RECEIPT_TYPES, receipt)
    const domain = TypedDataEncoder.hashDomain(receiptDomain(registry))
    expect(hexlify(preimage)).to.equal(`0x1901${domain.slice(2)}${struct.slice(2)}`)
    expect(keccak256(preimage)).to.equal(receiptId(registry, receipt))
  })

  it("name requests as the general ABI encoder does", () => {
    const encode = (of: Receipt) => {
      const words = [of.provider, of.consumer, of.requestId]
      return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "address", "bytes32"], words))
    }
    const same = (of: Receipt) => expect(outcome(() => requestKey(of))).to.equal(outcome(() => encode(of)))
    fc.assert(
      fc.property(receipts, (of) => void same(of)),
      { numRuns: 1500, seed: 4 },
    )
  })

  it("stay the same after thousands of addresses and registries", () => {
    const first = receiptId(registry, receipt)
    for (let n = 0; n < 5000; n++) {
      const consumer = `0x${n.toString(16).padStart(40, "0")}`
      receiptId({ ...registry, chainId: BigInt(n % 100) }, { ...receipt, consumer })
    }
    expect(receiptId(registry, receipt)).to.equal(first)
  })
})
