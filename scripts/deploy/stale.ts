import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Connection } from "./deploy.ts"

/** The chain of `hardhat node`: gone with its process, while the record of what was on it stays. */
const LOCAL_CHAIN = 31337n

/**
 * Removes the record of a deployment to an earlier run of the local node, which Ignition would otherwise
 * take up again and fail. Records of other chains are never touched.
 *
 * @returns whether there was one.
 */
export async function removeStale({ ethers }: Connection, deploymentId: string): Promise<boolean> {
  const folder = join("deployments", deploymentId)
  const { chainId } = await ethers.provider.getNetwork()
  if (chainId !== LOCAL_CHAIN || !existsSync(folder)) return false
  const file = join(folder, "addresses.json")
  // Without this file the deployment did not come to its end; on a local chain it just starts anew.
  const recorded = existsSync(file) ? addressesIn(readFileSync(file, "utf8")) : undefined
  if (recorded?.chainId === String(LOCAL_CHAIN)) {
    const codes = await Promise.all(recorded.addresses.map((address) => ethers.provider.getCode(address)))
    if (codes.every((code) => code !== "0x")) return false
  } else if (recorded) return false
  rmSync(folder, { recursive: true })
  return true
}

function addressesIn(text: string): { chainId: string; addresses: string[] } {
  const { chainId, contracts } = JSON.parse(text) as {
    chainId: string
    contracts: Record<string, { address: string }>
  }
  return { chainId, addresses: Object.values(contracts).map(({ address }) => address) }
}
