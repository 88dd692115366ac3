import { type Client, connect } from "../../../src/sdk/client.ts"
import { call } from "../../../src/sdk/errors.ts"
import { openRpc } from "../../../src/sdk/rpc.ts"
import type { Site } from "./site.ts"

/** The registry as a page reads it directly, for what is not in the facts. */
export interface Chain {
  readonly client: Client
  /** Of the stake token. */
  readonly decimals: number
  readonly symbol: string
}

/** Connects to the registry of a site. @throws OnusError `RpcUnreachable`, `ContractMissing`. */
export async function openChain({ rpc, registry }: Site): Promise<Chain> {
  const client = await connect(await openRpc(rpc), registry)
  const [decimals, symbol] = await call(Promise.all([client.token.decimals(), client.token.symbol()]))
  return { client, decimals: Number(decimals), symbol }
}
