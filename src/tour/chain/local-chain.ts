import { type JsonRpcProvider, type Wallet, toQuantity } from "ethers"
import { type Client, connect } from "../../sdk/client.ts"
import { openRpc } from "../../sdk/rpc.ts"
import { DemoToken__factory } from "../../../types/contracts/index.js"
import { deployRegistry } from "./deploy.ts"
import { ROOT, type SimulatedChain, openHardhat } from "./hardhat.ts"

/** What everybody has for gas, in wei. */
const COINS = 10n ** 20n

/** A chain on a port of this machine with the registry on it, whose time is made by who holds it. */
export class LocalChain {
  readonly url: string
  readonly rpc: JsonRpcProvider
  /** The contract that everything else is found by. */
  readonly registry: string
  readonly #token: string
  readonly #close: () => Promise<void>

  private constructor(
    url: string,
    rpc: JsonRpcProvider,
    { registry, token }: { readonly registry: string; readonly token: string },
    close: () => Promise<void>,
  ) {
    this.url = url
    this.rpc = rpc
    this.registry = registry
    this.#token = token
    this.#close = close
  }

  /** @throws OnusError `LocalChainMissing`. */
  static async open(chain: SimulatedChain = {}): Promise<LocalChain> {
    const hardhat = await openHardhat(chain, `Run \`npm ci\` in ${ROOT}`)
    const server = await hardhat.network.createServer("default", "127.0.0.1", 0)
    const { address, port } = await server.listen()
    const url = `http://${address}:${port}`
    try {
      const rpc = await openRpc(url)
      rpc.pollingInterval = 25
      return new LocalChain(url, rpc, await deployRegistry(await rpc.getSigner(0)), async () => {
        rpc.destroy()
        await server.close()
      })
    } catch (error) {
      await server.close()
      throw error
    }
  }

  /** Gives somebody coins, and token units, and shows it the registry. */
  async admit(wallet: Wallet, tokens: bigint): Promise<Client> {
    await this.rpc.send("hardhat_setBalance", [wallet.address, toQuantity(COINS)])
    const mint = DemoToken__factory.connect(this.#token, await this.rpc.getSigner(0)).mint(
      wallet.address,
      tokens,
    )
    await (await mint).wait()
    return connect(wallet.connect(this.rpc), this.registry)
  }

  /** Makes blocks, a second apart. */
  async mine(blocks = 1): Promise<void> {
    await this.rpc.send("hardhat_mine", [toQuantity(blocks)])
  }

  /** Lets the time go on to a second at least, and to a block at least. */
  async passTo(time: number, block: number): Promise<void> {
    const missing = block - (await this.now()).block
    if (missing > 1) await this.mine(missing - 1)
    const now = await this.now()
    if (time > now.time) await this.rpc.send("evm_setNextBlockTimestamp", [time])
    await this.mine()
  }

  /** The latest block and its Unix seconds. */
  async now(): Promise<{ readonly block: number; readonly time: number }> {
    const { number, timestamp } = (await this.rpc.getBlock("latest"))!
    return { block: number, time: timestamp }
  }

  async close(): Promise<void> {
    await this.#close()
  }
}
