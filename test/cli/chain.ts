import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { HDNodeWallet, Mnemonic, Wallet } from "ethers"
import { network } from "hardhat"
import { type Connection, type Deployment, deploy } from "../../scripts/deploy/deploy.ts"

/** A local chain behind JSON-RPC, with the registry on it. */
export interface Chain {
  readonly url: string
  readonly registry: string
  readonly connection: Connection
  readonly deployment: Deployment
  /** What `deployments/NETWORK/addresses.json` would say. */
  readonly addressesJson: string
  /** Lets so many seconds pass, with 200 blocks. */
  wait(seconds: number): Promise<void>
  close(): Promise<void>
}

/** Starts a chain on a free port and gives the first ten accounts 10,000 tokens each. */
export async function startChain(): Promise<Chain> {
  const server = await network.createServer("default", "127.0.0.1")
  const { port } = await server.listen()
  const url = `http://127.0.0.1:${port}`
  const connection = await network.create({ network: "localhost", override: { url } })
  // Ignition keeps a record of every deployment over HTTP, and would take it up again on the next chain.
  const deploymentId = `test-${process.pid}-${port}`
  const folder = join("deployments", deploymentId)
  let deployment: Deployment
  let addressesJson: string
  try {
    deployment = await deploy(connection, { deploymentId })
    addressesJson = readFileSync(join(folder, "addresses.json"), "utf8")
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  for (let i = 0; i < 10; i++) await deployment.token.mint(account(i).address, 10_000n * 10n ** 18n)
  return {
    url,
    registry: deployment.addresses.Onus,
    connection,
    deployment,
    addressesJson,
    async wait(seconds) {
      await connection.provider.request({ method: "evm_increaseTime", params: [seconds] })
      await connection.provider.request({ method: "hardhat_mine", params: ["0xc8"] })
    },
    async close() {
      await connection.close()
      await server.close()
    },
  }
}

const MNEMONIC = Mnemonic.fromPhrase("test test test test test test test test test test test junk")

/** The funded accounts of every local chain. */
export function account(index: number): Wallet {
  return new Wallet(HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${index}`).privateKey)
}
