import { type Companions, type Deployment, findContracts } from "../../src/facts/chain/contracts.ts"

/** What the index is of: told by the environment. */
export interface Settings {
  readonly rpc: string
  readonly registry: string
  readonly startBlock: number
  readonly companions: Companions
}

/** Reads `ONUS_RPC`, `ONUS_REGISTRY`, `ONUS_START_BLOCK`, `ONUS_AUDITS`, `ONUS_CALLBACKS`, `ONUS_AGENTS`. */
export function settings(variables = process.env): Settings {
  const {
    ONUS_RPC,
    ONUS_REGISTRY,
    ONUS_START_BLOCK = "0",
    ONUS_AUDITS,
    ONUS_CALLBACKS,
    ONUS_AGENTS,
  } = variables
  if (!ONUS_RPC || !ONUS_REGISTRY)
    throw new Error("Set ONUS_RPC to the URL of a node and ONUS_REGISTRY to an address; `npm run index` does")
  return {
    rpc: ONUS_RPC,
    registry: ONUS_REGISTRY.toLowerCase(),
    startBlock: Number(ONUS_START_BLOCK),
    companions: {
      ...(ONUS_AUDITS ? { audits: ONUS_AUDITS } : {}),
      ...(ONUS_CALLBACKS ? { callbacks: ONUS_CALLBACKS } : {}),
      ...(ONUS_AGENTS ? { agents: ONUS_AGENTS } : {}),
    },
  }
}

/** Ponder begins with 20 questions a second for each URL: a node on this machine takes more. */
const LOCAL_CONNECTIONS = 100

/** The URLs that Ponder shares its questions between. */
export function connections({ rpc }: Settings): string[] {
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(rpc).hostname)
  return Array<string>(isLocal ? LOCAL_CONNECTIONS : 1).fill(rpc)
}

/** Milliseconds for an answer of the node: nobody waits for one that hangs. */
const TIMEOUT = 10_000

/** Asks a node. */
export async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(TIMEOUT),
  })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

/** Looks up where the events come from. */
export const deployment = ({ rpc, registry, companions }: Settings): Promise<Deployment> =>
  findContracts(
    async (to, data) => String(await ask(rpc, "eth_call", [{ to, data }, "latest"])),
    registry,
    companions,
  )
