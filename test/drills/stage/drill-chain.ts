import { hexlify, randomBytes, toQuantity } from "ethers"
import { type Chain, startChain } from "../../cli/chain.ts"

/** A point of the chain's history from which another one can be told. */
export interface Branch {
  /** Takes back everything since, and makes so many other blocks in its place. */
  reorganise(blocks: number): Promise<void>
}

/** The chain of a drill: what the world does to it. */
export class DrillChain {
  readonly url: string
  readonly registry: string
  readonly chain: Chain
  #start: string
  #ticking: NodeJS.Timeout | undefined

  private constructor(chain: Chain, start: string) {
    this.chain = chain
    this.url = chain.url
    this.registry = chain.registry
    this.#start = start
  }

  static async open(prepare: (chain: Chain) => Promise<void>): Promise<DrillChain> {
    const chain = await startChain()
    try {
      await prepare(chain)
      const start = await request<string>(chain, "evm_snapshot")
      return new DrillChain(chain, start)
    } catch (error) {
      await chain.close()
      throw error
    }
  }

  /** Makes the chain again what it was when it was prepared: the next drill begins. */
  async reset(): Promise<void> {
    this.stopTicking()
    await this.request("evm_revert", this.#start)
    this.#start = await this.request("evm_snapshot")
    await this.request("evm_setAutomine", true)
  }

  request<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
    return request(this.chain, method, ...params)
  }

  /** Makes blocks, a second apart. */
  async mine(blocks = 1): Promise<void> {
    await this.request("hardhat_mine", toQuantity(blocks))
  }

  /** Lets chain time pass, with blocks: as many as clocks count, unless told otherwise. */
  async pass(seconds: number, blocks = 400): Promise<void> {
    await this.request("evm_increaseTime", toQuantity(seconds))
    await this.mine(blocks)
  }

  /** Makes a block, or something else, every so many milliseconds until the drill stops it; one at a time, however slow the machine. */
  tick(milliseconds = 250, make: () => Promise<unknown> = () => this.mine()): void {
    this.stopTicking()
    let isMaking = false
    const tick = async () => {
      if (isMaking) return
      isMaking = true
      await make().catch(() => undefined)
      isMaking = false
    }
    this.#ticking = setInterval(() => void tick(), milliseconds)
  }

  stopTicking(): void {
    clearInterval(this.#ticking)
  }

  /** Whether a transaction gets a block of its own at once. */
  async automine(isOn: boolean): Promise<void> {
    await this.request("evm_setAutomine", isOn)
  }

  async height(): Promise<number> {
    return Number(await this.request<string>("eth_blockNumber"))
  }

  /** Unix seconds of the latest block. */
  async time(): Promise<number> {
    const { timestamp } = await this.request<{ timestamp: string }>("eth_getBlockByNumber", "latest", false)
    return Number(timestamp)
  }

  /** What the next block's gas costs, wei. */
  async baseFee(wei: bigint): Promise<void> {
    await this.request("hardhat_setNextBlockBaseFeePerGas", toQuantity(wei))
  }

  async balance(address: string, wei: bigint): Promise<void> {
    await this.request("hardhat_setBalance", address, toQuantity(wei))
  }

  async branch(): Promise<Branch> {
    const snapshot = await this.request<string>("evm_snapshot")
    return {
      reorganise: async (blocks) => {
        await this.request("evm_revert", snapshot)
        // Transactions that were waiting when the branch began would be in the other history too.
        await this.request("hardhat_setCoinbase", hexlify(randomBytes(20)))
        await this.mine(blocks)
      },
    }
  }

  async close(): Promise<void> {
    this.stopTicking()
    await this.chain.close()
  }
}

async function request<T>(chain: Chain, method: string, ...params: unknown[]): Promise<T> {
  return (await chain.connection.provider.request({ method, params })) as T
}
