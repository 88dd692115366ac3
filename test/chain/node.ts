import { network } from "hardhat"
import type { Message } from "../helpers/rpc-faults.ts"

/** A block as a node tells it, as far as the tests look. */
export interface RpcBlock {
  readonly number: string
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: string
}

/** A local chain behind JSON-RPC with nothing on it. */
export interface Node {
  readonly url: string
  rpc<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  mine(blocks?: number): Promise<void>
  block(tag?: string | number): Promise<RpcBlock>
  /** Undoes what `work` mines, so that other blocks can follow in its place. */
  undo(work: () => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

/** Starts a chain on a free port. */
export async function startNode(): Promise<Node> {
  const server = await network.createServer("default", "127.0.0.1")
  const { port } = await server.listen()
  const url = `http://127.0.0.1:${port}`
  const rpc = async <T>(method: string, ...params: readonly unknown[]) =>
    (await ask(url, method, ...params)) as T
  return {
    url,
    rpc,
    async mine(blocks = 1) {
      // One by one: `hardhat_mine` does not link many blocks to their parents.
      for (let i = 0; i < blocks; i++) await rpc("evm_mine")
    },
    block: (tag = "latest") =>
      rpc("eth_getBlockByNumber", typeof tag === "number" ? `0x${tag.toString(16)}` : tag, false),
    async undo(work) {
      const snapshot = await rpc("evm_snapshot")
      await work()
      await rpc("evm_revert", snapshot)
      // The same second and the same content would be the same block again.
      await rpc("evm_increaseTime", 1000)
    },
    close: () => server.close(),
  }
}

/** The result of one call, or an error with the node's message. */
export async function ask(url: string, method: string, ...params: readonly unknown[]): Promise<unknown> {
  const { result, error } = await answerOf(url, method, ...params)
  if (error !== undefined) throw new Error((error as { message: string }).message)
  return result
}

/** The answer to one call, result or error. */
export async function answerOf(url: string, method: string, ...params: readonly unknown[]): Promise<Message> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })
  return (await response.json()) as Message
}
