import { FetchRequest, JsonRpcProvider, Network, type TransactionRequest } from "ethers"
import { OnusError } from "../protocol/errors.ts"

/** Milliseconds for the first answer of a node. */
const CONNECT_TIMEOUT = 5_000
/** Milliseconds for any later one. */
const REQUEST_TIMEOUT = 15_000

/**
 * What a transaction may cost more than estimated, beside a tenth: in the second of the estimate a reputation may not
 * decay at all, in the next one its slots are written and the powers of its decay computed.
 */
const DECAY_GAS = 60_000n

/** Estimates gas with room for what the passing of time costs; what is not used is not paid. */
class Rpc extends JsonRpcProvider {
  override async estimateGas(transaction: TransactionRequest): Promise<bigint> {
    return ((await super.estimateGas(transaction)) * 11n) / 10n + DECAY_GAS
  }
}

/**
 * Connects to a JSON-RPC node.
 *
 * Asks once and gives up soon: ethers by itself would look for the chain for ever.
 *
 * @throws OnusError `RpcUnreachable`, `RpcInvalid` when something else than a node answers.
 */
export async function openRpc(url: string): Promise<JsonRpcProvider> {
  const chain = Network.from(await askChainId(url))
  const request = new FetchRequest(url)
  request.timeout = REQUEST_TIMEOUT
  return new Rpc(request, chain, { staticNetwork: chain, pollingInterval: 500, cacheTimeout: -1 })
}

async function askChainId(url: string): Promise<bigint> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new OnusError("RpcInvalid", `${JSON.stringify(url)} is not an http(s) URL`, {
      hint: "Give the JSON-RPC URL of an Ethereum node",
    })
  }
  let response: Response
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(CONNECT_TIMEOUT),
    })
  } catch (cause) {
    throw unreachable(url, cause)
  }
  const body = (await response.json().catch(() => undefined)) as { result?: unknown } | null | undefined
  const result = body?.result
  if (response.ok && typeof result === "string" && /^0x[0-9a-f]{1,64}$/i.test(result)) return BigInt(result)
  throw new OnusError("RpcInvalid", `${url} answers with status ${response.status}, but not as a chain`, {
    hint: "Give the JSON-RPC URL of an Ethereum node",
  })
}

/** The error for a node that does not answer. */
export function unreachable(url: string, cause: unknown): OnusError {
  return new OnusError("RpcUnreachable", `No node answers at ${url}`, {
    hint: "Start a node (`npx hardhat node --hostname 127.0.0.1`), or give the URL of one with --rpc",
    cause,
  })
}
