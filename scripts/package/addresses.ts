import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Networks of one machine: their addresses mean nothing to others. */
const LOCAL = ["localhost", "chain-31337"]

/** As `scripts/deploy` records it. */
interface Recorded {
  readonly chainId: string
  readonly contracts: Readonly<Record<string, { readonly address: string; readonly block?: number }>>
}

/** A deployment as it is published. */
interface Listed {
  readonly network: string
  readonly chainId: number
  /** The block from which on the registry has events. */
  readonly block: number
  readonly contracts: Readonly<Record<string, string>>
}

const TYPES = `/** A registry with its contracts on one chain. */
export interface Deployment {
  /** Name of the folder in \`deployments/\`. */
  readonly network: string
  readonly chainId: number
  /** The block from which on the registry has events. */
  readonly block: number
  /** Addresses by the names of the contracts: \`Onus\` is the registry, \`Policies\` checks answers. */
  readonly contracts: Readonly<Record<string, \`0x\${string}\`>>
}
export declare const deployments: readonly Deployment[]
/** The registry on a chain; undefined if there is none. */
export declare function deploymentOn(chainId: number | bigint): Deployment | undefined
`

/** Writes where the registry is, on every chain that `deployments/` knows of, as JSON and as a module. */
export function writeAddresses(deployments: string, folder: string): void {
  const listed = readdirSync(deployments)
    .filter((network) => !LOCAL.includes(network))
    .filter((network) => existsSync(join(deployments, network, "addresses.json")))
    .map((network) => list(network, readRecord(join(deployments, network, "addresses.json"))))
  const json = JSON.stringify(listed, undefined, 2)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "addresses.json"), `${json}\n`)
  writeFileSync(
    join(folder, "index.js"),
    `export const deployments = ${json}\n` +
      "export const deploymentOn = (chainId) => deployments.find((one) => one.chainId === Number(chainId))\n",
  )
  writeFileSync(join(folder, "index.d.ts"), TYPES)
}

const readRecord = (path: string): Recorded => JSON.parse(readFileSync(path, "utf8")) as Recorded

const list = (network: string, { chainId, contracts }: Recorded): Listed => ({
  network,
  chainId: Number(chainId),
  block: contracts.Onus.block ?? 0,
  contracts: Object.fromEntries(Object.entries(contracts).map(([name, { address }]) => [name, address])),
})
