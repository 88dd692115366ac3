import { existsSync } from "node:fs"
import { join } from "node:path"
import { getAddress, isAddress, type JsonRpcProvider, type Wallet } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { type Client, connect } from "../sdk/client.ts"
import { type KnownDeployment, knownDeployments } from "../sdk/deployments.ts"
import { openRpc, unreachable } from "../sdk/rpc.ts"
import { type Money, moneyOf } from "./amount.ts"
import { type KeyOptions, loadKey } from "./key.ts"

/** The options that every command on a chain has. */
export interface ChainOptions extends KeyOptions {
  readonly rpc: string
  readonly registry?: string
  readonly json?: boolean
}

/** A registry on a chain, and the account that acts. */
export interface Session {
  readonly client: Client
  readonly money: Money
  /** The first block that can hold events of the registry. */
  readonly fromBlock: number
}

/** A session that can sign and send. */
export interface SigningSession extends Session {
  readonly key: Wallet
  readonly account: string
}

const DEPLOYMENTS = join(import.meta.dirname, "..", "..", "deployments")

/** Runs a command that only reads. */
export async function reading<T>(options: ChainOptions, act: (session: Session) => Promise<T>): Promise<T> {
  return onChain(options, async (rpc) => act(await openSession(rpc, options, rpc)))
}

/** Runs a command that signs or sends. A missing key is reported before anything else is tried. */
export async function signing<T>(
  options: ChainOptions,
  act: (session: SigningSession) => Promise<T>,
): Promise<T> {
  const unconnected = await loadKey(options)
  return onChain(options, async (rpc) => {
    const key = unconnected.connect(rpc)
    return act({ ...(await openSession(rpc, options, key)), key, account: key.address })
  })
}

/** Addresses of providers, keys and consumers as given. @throws OnusError `AddressInvalid`. */
export function parseAddress(text: string): string {
  if (isAddress(text)) return getAddress(text)
  throw new OnusError("AddressInvalid", `${JSON.stringify(text)} is not an address`, {
    hint: "Write 0x and 40 hexadecimal digits; mixed case must have a right checksum",
  })
}

async function onChain<T>({ rpc: url }: ChainOptions, act: (rpc: JsonRpcProvider) => Promise<T>): Promise<T> {
  const rpc = await openRpc(url)
  try {
    return await act(rpc)
  } catch (error) {
    throw explainRpc(error, url)
  } finally {
    rpc.destroy()
  }
}

/** Turns what Node and ethers say about a node into an error of ours; other errors pass through. */
function explainRpc(error: unknown, url: string): unknown {
  const { code, error: answer } = error as { code?: string; error?: { message?: string } }
  if (code === "INSUFFICIENT_FUNDS" || /enough funds|insufficient funds/.test(answer?.message ?? "")) {
    return new OnusError("GasTooLow", "The account cannot pay for the gas", {
      hint: "Send it some of the chain's own coin",
    })
  }
  if (code === "UNKNOWN_ERROR" && answer?.message !== undefined) {
    return new OnusError("RpcRefused", `The node refused: ${answer.message}`, { cause: error })
  }
  // A node that went away, as Node and ethers call it.
  return /^(E[A-Z_]+|SERVER_ERROR|NETWORK_ERROR|TIMEOUT)$/.test(code ?? "") ? unreachable(url, error) : error
}

async function openSession(
  rpc: JsonRpcProvider,
  { registry }: ChainOptions,
  runner: JsonRpcProvider | Wallet,
): Promise<Session> {
  const { chainId } = await rpc.getNetwork()
  const found = registry === undefined ? await findRegistry(rpc, chainId) : undefined
  const client = await connect(runner, found?.address ?? parseAddress(registry!))
  return { client, money: await moneyOf(client), fromBlock: found?.block ?? 0 }
}

/** The deployment recorded for the chain. Local chains leave old records behind: those without code do not count. */
async function findRegistry(rpc: JsonRpcProvider, chainId: bigint): Promise<KnownDeployment> {
  const folders = [...new Set([join(process.cwd(), "deployments"), DEPLOYMENTS])].filter(existsSync)
  const known = folders.flatMap((folder) => knownDeployments(chainId, folder))
  const codes = await Promise.all(known.map(({ address }) => rpc.getCode(address)))
  const alive = known.filter((_, i) => codes[i] !== "0x")
  const addresses = new Set(alive.map(({ address }) => address))
  if (addresses.size === 1) return alive[0]
  throw new OnusError(
    addresses.size === 0 ? "RegistryUnknown" : "RegistryAmbiguous",
    addresses.size === 0
      ? `No deployment is recorded for chain ${chainId}`
      : `Several registries are recorded for chain ${chainId}: ${[...addresses].join(", ")}`,
    { hint: "Name the registry with --registry or ONUS_REGISTRY, or deploy one with `npm run deploy`" },
  )
}
