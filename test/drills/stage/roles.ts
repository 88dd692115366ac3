import { Wallet, id } from "ethers"
import { readModel } from "../../../src/cli/model-file.ts"
import { Role } from "../../../src/protocol/role.ts"
import { type Client, connect } from "../../../src/sdk/client.ts"
import { addKey } from "../../../src/sdk/keys.ts"
import { registerModel } from "../../../src/sdk/register-model.ts"
import { registerProvider } from "../../../src/sdk/register-provider.ts"
import { openRpc } from "../../../src/sdk/rpc.ts"
import { deposit } from "../../../src/sdk/stake.ts"
import { type Chain, account } from "../../cli/chain.ts"
import { MODEL } from "../../cli/run.ts"

export const ETHER = 10n ** 18n
export const TOKEN = 10n ** 18n
const YEAR = 365n * 86_400n

/** Who is who. The node never sees the owner's key. */
export const guardian = account(0)
export const owner = account(1)
export const consumer = account(2)
export const challenger = account(3)
export const stranger = account(4)
export const signingKey = new Wallet(id("the key that signs receipts"))
export const sendingKey = new Wallet(id("the key that sends transactions"))

/** The model that is served. */
export const program = readModel(MODEL)

/** Registers the provider with stake, its two keys and its model. */
export async function register(chain: Chain): Promise<void> {
  const client = await clientOf(chain, owner)
  const until = BigInt(Math.floor(Date.now() / 1000)) + YEAR
  await registerProvider(client, "https://provider.example")
  await deposit(client, owner.address, 9_000n * TOKEN)
  await addKey(client, signingKey.address, until, Role.Sign)
  await addKey(client, sendingKey.address, until, Role.Anchor)
  await registerModel(client, program, "https://provider.example/digits.onnx")
  const wei = `0x${(10n * ETHER).toString(16)}`
  await chain.connection.provider.request({
    method: "hardhat_setBalance",
    params: [sendingKey.address, wei],
  })
}

/** The registry as somebody sees it, past every proxy. */
export async function clientOf(chain: Pick<Chain, "url" | "registry">, wallet: Wallet): Promise<Client> {
  const rpc = await openRpc(chain.url)
  return connect(wallet.connect(rpc), chain.registry)
}
