import { Chain } from "../../../src/chain/provider.ts"
import type { OneNode, Router } from "../../../src/chain/router.ts"
import type { Connection } from "../../../scripts/deploy/deploy.ts"

/** A chain in this process, without HTTP in between. */
export function directChain({ provider }: Connection, chainId: bigint): Chain {
  const ask = async (method: string, params: readonly unknown[]) => {
    try {
      return { result: (await provider.request({ method, params: [...params] })) as unknown }
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown }
      return { error: { code: code ?? -32000, message, data } }
    }
  }
  const node: OneNode = {
    host: "here",
    ask,
    unfit: (why, detail) => {
      throw new Error(`${why}: ${detail}`)
    },
  }
  const router = {
    health: [],
    ask,
    sameNode: <T>(work: (one: OneNode) => Promise<T>) => work(node),
    everyNode: () => Promise.resolve([]),
  }
  return new Chain(router as unknown as Router, { chainId })
}
