import { expect } from "chai"
import { Wallet, id, recoverAddress } from "ethers"
import { network } from "hardhat"
import { type Connection, deploy } from "../../scripts/deploy/deploy.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import {
  type KeyChange,
  type ProvidersDomain,
  keyChangeDigest,
  signKeyChange,
} from "../../src/protocol/key-change.ts"
import { call } from "../../src/sdk/errors.ts"
import { Providers__factory } from "../../types/contracts/index.js"
import { expectRefusal } from "../engine/onnx/models.ts"
import { KEY_CHANGES } from "./vectors.ts"

const { changes } = KEY_CHANGES
const [{ providers, change, digest, signature }] = changes

describe("changes of keys", () => {
  it("have the shared vectors' digests and signatures in TypeScript", async () => {
    for (const vector of changes) {
      expect(keyChangeDigest(vector.providers, vector.change)).to.equal(vector.digest)
      expect(recoverAddress(vector.digest, vector.signature)).to.equal(vector.change.provider)
      const again = await signKeyChange(vector.providers, vector.change, new Wallet(id("owner")))
      expect(again).to.equal(vector.signature)
    }
  })

  for (const chainId of new Set(changes.map((vector) => vector.providers.chainId))) {
    describe(`in Solidity on chain ${chainId}`, () => {
      let connection: Connection
      let code: string

      before(async () => {
        connection = await network.create({ override: { chainId: Number(chainId) } })
        const { addresses } = await deploy(connection)
        code = await connection.ethers.provider.getCode(addresses.Providers)
      })

      /** What a contract says that was deployed at the address and knows no provider and no registry. */
      async function refusalAt({ address }: ProvidersDomain, change: KeyChange, signature: string) {
        await connection.networkHelpers.setCode(address, code)
        const contract = Providers__factory.connect(address, connection.ethers.provider)
        try {
          await call(contract.changeKey.staticCall(change, signature))
        } catch (error) {
          if (isOnusError(error)) return error.code
          throw error
        }
        return "taken"
      }

      it("are taken as signed: the vectors' signatures, and no others", async () => {
        for (const { providers, change, signature } of changes) {
          if (providers.chainId !== chainId) continue
          // Behind the signature, it asks the registry, which is not there.
          const signed = change.nonce !== 0n ? "InvalidAccountNonce" : "CallReverted"
          expect(await refusalAt(providers, change, signature)).to.equal(signed)
          if (change.nonce !== 0n) continue
          for (const [field, value] of Object.entries({
            key: `0x${"12".repeat(20)}`,
            validUntil: change.validUntil + (change.validUntil === 0n ? 1n : -1n),
            roles: change.roles ^ 1,
            deadline: change.deadline - 1n,
          }))
            expect(await refusalAt(providers, { ...change, [field]: value }, signature), field).to.equal(
              "ChangeNotSigned",
            )
        }
      })
    })
  }

  it("differ whenever any member differs, or the contract or the chain", () => {
    const others = Object.entries(change).map(([name, value]) => {
      const other =
        typeof value === "string" ? `0x${"12".repeat(20)}` : typeof value === "bigint" ? value + 1n : 1
      return keyChangeDigest(providers, { ...change, [name]: other })
    })
    others.push(keyChangeDigest({ ...providers, chainId: providers.chainId + 1n }, change))
    others.push(keyChangeDigest({ ...providers, address: change.key }, change))
    expect(new Set([digest, ...others]).size).to.equal(1 + others.length)
    expect(signature).to.have.length(132)
  })

  it("cannot be made of values that do not fit their types", () => {
    for (const bad of [{ roles: 256 }, { validUntil: 2n ** 64n }, { nonce: -1n }, { key: "0x12" }])
      expectRefusal(() => keyChangeDigest(providers, { ...change, ...bad }), "KeyChangeMalformed")
  })
})
