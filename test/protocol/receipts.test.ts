import { expect } from "chai"
import { AbiCoder, Signature, Wallet, ZeroHash, concat, id, keccak256, toBeHex } from "ethers"
import { network } from "hardhat"
import { type Connection, deploy } from "../../scripts/deploy/deploy.ts"
import { batchId } from "../../src/protocol/batch.ts"
import {
  type Registry,
  receiptDomain,
  receiptId,
  recoverSigner,
  requestKey,
  signReceipt,
} from "../../src/protocol/receipt.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { type LibraryHarness, type Onus, Onus__factory } from "../../types/contracts/index.js"
import { expectRefusal } from "../engine/onnx/models.ts"
import { RECEIPTS } from "./vectors.ts"

const [{ registry, receipt }] = RECEIPTS.receipts

describe("receipts, request keys, batches and trace commitments", () => {
  it("have the shared vectors' hashes in TypeScript", () => {
    for (const vector of RECEIPTS.receipts) {
      expect(receiptId(vector.registry, vector.receipt)).to.equal(vector.receiptId)
      expect(requestKey(vector.receipt)).to.equal(vector.requestKey)
      const trace = traceCommitment(vector.registry, vector.receipt, vector.traceRoot)
      expect(trace).to.equal(vector.traceCommitment)
    }
    for (const { batch, batchId: expected } of RECEIPTS.batches) expect(batchId(batch)).to.equal(expected)
  })

  for (const chainId of new Set(RECEIPTS.receipts.map((vector) => vector.registry.chainId))) {
    describe(`in Solidity on chain ${chainId}`, () => {
      let connection: Connection
      let harness: LibraryHarness
      let code: string

      before(async () => {
        connection = await network.create({ override: { chainId: Number(chainId) } })
        const { onus } = await deploy(connection)
        harness = await connection.ethers.deployContract("LibraryHarness")
        code = await connection.ethers.provider.getCode(onus)
      })

      /** The registry as if it had been deployed at the vector's address. */
      async function registryAt({ address }: Registry): Promise<Onus> {
        await connection.networkHelpers.setCode(address, code)
        return Onus__factory.connect(address, connection.ethers.provider)
      }

      const vectors = RECEIPTS.receipts.filter((vector) => vector.registry.chainId === chainId)

      it("receipt ids and request keys are the contracts'", async () => {
        for (const vector of vectors) {
          const onus = await registryAt(vector.registry)
          expect(await onus.receiptIdOf(vector.receipt)).to.equal(vector.receiptId)
          expect(await harness.requestKey(vector.receipt)).to.equal(vector.requestKey)
        }
      })

      it("batch ids are the registry's", async () => {
        const onus = await registryAt(registry)
        for (const { batch, batchId: expected } of RECEIPTS.batches)
          expect(await onus.batchIdOf(batch)).to.equal(expected)
      })

      it("trace commitments are those that the judge computes", async () => {
        for (const vector of vectors) {
          const context = await harness.traceContext(vector.receipt, vector.registry.address)
          const words = [id("onus.trace.v1"), context, vector.traceRoot]
          const bound = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], words))
          expect(bound).to.equal(vector.traceCommitment)
        }
      })
    })
  }

  it("differ whenever any member differs", () => {
    const seen = new Map([[receiptId(registry, receipt), "unchanged"]])
    for (const name of Object.keys(receipt) as (keyof typeof receipt)[]) {
      const value = receipt[name]
      const other =
        typeof value === "bigint" ? value + 1n : value.length === 42 ? `0x${"12".repeat(20)}` : id(name)
      const changed = receiptId(registry, { ...receipt, [name]: other })
      expect(seen.get(changed), name).to.equal(undefined)
      seen.set(changed, name)
    }
    const elsewhere = { ...registry, chainId: registry.chainId + 1n }
    expect(seen.has(receiptId(elsewhere, receipt))).to.equal(false)
  })

  it("name the same request exactly when provider, consumer and request id are the same", () => {
    const others = { ...receipt, modelId: ZeroHash, coverage: 1n, outputCommitment: ZeroHash, issuedAt: 5n }
    expect(requestKey(others)).to.equal(requestKey(receipt))
    for (const name of ["provider", "consumer"] as const) {
      const changed = { ...receipt, [name]: `0x${"12".repeat(20)}` }
      expect(requestKey(changed)).to.not.equal(requestKey(receipt))
    }
    expect(requestKey({ ...receipt, requestId: ZeroHash })).to.not.equal(requestKey(receipt))
  })

  it("are signed as EIP-712 data whose signer can be told", async () => {
    const key = new Wallet(id("key"))
    const signed = await signReceipt(registry, receipt, key)
    expect(recoverSigner(signed)).to.equal(key.address)
    expect(key.signingKey.sign(receiptId(registry, receipt)).serialized).to.equal(signed.signature)
    const tampered = { ...signed, receipt: { ...receipt, coverage: receipt.coverage + 1n } }
    expect(recoverSigner(tampered)).to.not.equal(key.address)
    expectRefusal(
      () => recoverSigner({ ...signed, signature: "0x1234" }),
      "ReceiptSignatureInvalid",
      "0x1234",
    )
    expect(receiptDomain(registry)).to.deep.equal({
      name: "Onus",
      version: "1",
      chainId: registry.chainId,
      verifyingContract: registry.address,
    })
  })

  it("are taken only with the form of signature that the contract takes", async () => {
    const key = new Wallet(id("key"))
    const signed = await signReceipt(registry, receipt, key)
    const { r, s, yParity, compactSerialized } = Signature.from(signed.signature)
    const withV = (v: number) => concat([r, s, toBeHex(v, 1)])
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const highS = concat([r, toBeHex(order - BigInt(s), 32), toBeHex(28 - yParity, 1)])
    const upper = `0x${signed.signature.slice(2).toUpperCase()}`
    for (const signature of [withV(27 + yParity), upper])
      expect(recoverSigner({ ...signed, signature })).to.equal(key.address)
    for (const signature of [
      compactSerialized,
      withV(yParity),
      withV(37 + yParity),
      highS,
      `${signed.signature}00`,
      "",
    ]) {
      const recover = () => recoverSigner({ ...signed, signature })
      expectRefusal(recover, "ReceiptSignatureInvalid", "65 bytes")
    }
  })

  it("cannot be made of values that do not fit their types", () => {
    const bad = [
      { coverage: 2n ** 128n },
      { issuedAt: -1n },
      { challengeWindow: 2n ** 32n },
      { requestId: "0x12" },
    ]
    for (const change of bad)
      expectRefusal(() => receiptId(registry, { ...receipt, ...change }), "ReceiptMalformed")
  })
})
