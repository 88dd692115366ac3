import type { JsonRpcProvider } from "ethers"
import { toQuantity } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import { unreachable } from "../../sdk/rpc.ts"

/** A block as far as it matters here. */
export interface Block {
  readonly number: number
  readonly hash: string
  /** Unix seconds. */
  readonly time: number
}

/** What a node says, checked as far as it goes. */
export class Node {
  readonly url: string
  readonly #rpc: JsonRpcProvider

  constructor(url: string, rpc: JsonRpcProvider) {
    this.url = url
    this.#rpc = rpc
  }

  /** @throws OnusError `RpcUnreachable`; an error of JSON-RPC as ethers throws it. */
  async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#rpc.send(method, [...params])
    } catch (error) {
      if ((error as { error?: unknown }).error !== undefined) throw error
      throw unreachable(this.url, error)
    }
  }

  /** @returns undefined if the chain is not that long. */
  async block(tag: number | "latest" | "safe" | "finalized"): Promise<Block | undefined> {
    const value = await this.ask("eth_getBlockByNumber", [
      typeof tag === "number" ? toQuantity(tag) : tag,
      false,
    ])
    if (value === null) return undefined
    const { number, hash, timestamp } = value as Record<string, unknown>
    const block = { number: quantityOf(number), hash: String(hash), time: quantityOf(timestamp) }
    if (!/^0x[0-9a-f]{64}$/.test(block.hash)) throw malformed(this.url, `block ${tag}`)
    return block
  }

  /** An address or a word that a contract's function without arguments returns. */
  async read(to: string, data: string): Promise<string> {
    return String(await this.ask("eth_call", [{ to, data }, "latest"]))
  }
}

/** A number in hexadecimal. */
export function quantityOf(value: unknown): number {
  if (typeof value === "string" && /^0x[0-9a-f]{1,13}$/i.test(value)) return Number(value)
  throw malformed("The node", JSON.stringify(value)?.slice(0, 80))
}

/** The error for what no node would say. */
export const malformed = (who: string, what: string): OnusError =>
  new OnusError("RpcInvalid", `${who} answers with something else than was asked for: ${what}`, {
    hint: "Ask another node",
  })
