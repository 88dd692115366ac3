import { expect } from "chai"
import { Wallet, id } from "ethers"
import { network } from "hardhat"
import { type Connection, deploy } from "../../scripts/deploy/deploy.ts"
import { Role } from "../../src/protocol/role.ts"
import { chainTime } from "../../src/sdk/chain-time.ts"
import { changeKey, signChange } from "../../src/sdk/change-key.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { decodeKeyChange, encodeKeyChange } from "../../src/sdk/key-change-file.ts"
import { addKey, listKeys, revokeKey } from "../../src/sdk/keys.ts"
import { registerProvider } from "../../src/sdk/register-provider.ts"
import { expectError } from "./expect-error.ts"

const UNTIL = 4_000_000_000n
const key = new Wallet(id("changed key")).address

describe("a change of a key", () => {
  let connection: Connection
  let owner: Client
  let stranger: Client
  let provider: string

  before(async () => {
    connection = await network.create()
    const { addresses } = await deploy(connection)
    const [, own, other] = await connection.ethers.getSigners()
    owner = await connect(own, addresses.Onus)
    stranger = await connect(other, addresses.Onus)
    provider = own.address
    await registerProvider(owner, "")
  })

  /** As a file that was handed on. */
  async function signed(change: object) {
    const deadline = (await chainTime(owner)) + 3600n
    const [, signer] = await connection.ethers.getSigners()
    const whole = { provider, key, validUntil: UNTIL, roles: Role.Sign, deadline, ...change }
    return decodeKeyChange(encodeKeyChange(await signChange(owner, signer, whole)))
  }

  it("is sent by anybody whom the owner has given it to, once", async () => {
    const adding = await signed({})
    await changeKey(stranger, adding)
    const [added] = await listKeys(owner, provider)
    expect(added).to.deep.include({ address: key, until: UNTIL, roles: Role.Sign })
    await expectError("InvalidAccountNonce", () => changeKey(stranger, adding))
    const revoking = await signed({ roles: 0, validUntil: 0n })
    expect(revoking.change.nonce).to.equal(1n)
    await changeKey(stranger, revoking)
    const [revoked] = await listKeys(owner, provider)
    expect(revoked.until).to.equal((await chainTime(owner)) + 1n)
    await expectError("KeyExists", async () => changeKey(stranger, await signed({})))
  })

  it("is the owner's only, for one registry and in time", async () => {
    const { registry, change, signature } = await signed({ key: `0x${"77".repeat(20)}` })
    const roles = Role.All
    await expectError("ChangeNotSigned", () =>
      changeKey(stranger, { registry, signature, change: { ...change, roles } }),
    )
    const elsewhere = { ...registry, address: provider }
    await expectError("RegistryMismatch", () =>
      changeKey(stranger, { registry: elsewhere, change, signature }),
    )
    await connection.networkHelpers.time.increase(7200)
    await expectError("ChangeExpired", () => changeKey(stranger, { registry, change, signature }))
  })

  it("can be sent by the owner itself, and says what is wrong with it", async () => {
    const other = new Wallet(id("another key")).address
    await addKey(owner, other, UNTIL, Role.Anchor)
    expect((await listKeys(owner, provider)).at(-1)).to.include({ address: other, roles: Role.Anchor })
    await revokeKey(owner, other)
    await connection.networkHelpers.time.increase(10)
    await expectError("KeyExpired", () => revokeKey(owner, other))
    await expectError("KeyUnknown", () => revokeKey(owner, provider))
    await expectError("RolesInvalid", () => addKey(owner, provider, UNTIL, 4))
    await expectError("KeyExpiryPast", () => addKey(owner, provider, 1n))
    await expectError("ProviderUnknown", () => addKey(stranger, other, UNTIL))
  })

  it("is read from a file that is one", async () => {
    const text = encodeKeyChange(await signed({}))
    for (const [bad, words] of [
      ["no JSON", "not JSON"],
      [text.replace("onus.key-change.v1", "v0"), "format"],
      [text.replace('"roles": 1', '"roles": 4'), "change.roles"],
      [text.replace(/"nonce": "\d+"/, '"nonce": "-1"'), "change.nonce"],
      [text.replace(String(UNTIL), String(2n ** 64n)), "change.validUntil"],
    ])
      expect((await expectError("KeyChangeMalformed", () => decodeKeyChange(bad))).message).to.contain(words)
  })
})
