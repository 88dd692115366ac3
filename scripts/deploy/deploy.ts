import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { listTransactions } from "@nomicfoundation/ignition-core"
import type { network } from "hardhat"
import { DemoToken__factory, type DemoToken, Onus__factory, type Onus } from "../../types/contracts/index.js"
import { toJson } from "../../src/protocol/json.ts"
import { CompanionsModule, DemoTokenModule, OnusModule } from "./module.ts"

/** A connection as `network.create()` returns it. */
export type Connection = Awaited<ReturnType<typeof network.create>>

/**
 * Parameters of the registry and its modules; see `OnusModule`. Durations in seconds but for blocks and for `escrow`,
 * which is in minutes; stake in token units.
 */
export interface DeployOptions {
  /** An ERC-20 to stake; a demo token is deployed when there is none. */
  readonly token?: string
  readonly minStake?: bigint
  readonly thawPeriod?: number
  readonly minWindowBlocks?: number
  readonly escrow?: number
  readonly answerBudget?: number
  readonly answerTime?: number
  readonly challengerTurn?: number
  readonly gameTime?: number
  readonly answerBlocks?: number
  readonly omissionTime?: number
  /** Wei; what gas costs at least when bonds are priced. */
  readonly gasPriceFloor?: bigint
  /** Addresses; the first account unless given. */
  readonly governor?: string
  readonly guardian?: string
  /** Folder under `deployments/` that keeps the result. Not kept when absent. */
  readonly deploymentId?: string
}

export interface Deployment {
  readonly onus: Onus
  readonly token: DemoToken
  readonly addresses: Readonly<Record<string, string>>
}

/** Deploys the registry with Ignition: resumable, and recorded under `deployments/` if wanted. */
export async function deploy(connection: Connection, options: DeployOptions = {}): Promise<Deployment> {
  const { deploymentId, token, ...parameters } = options
  const place = deploymentId === undefined ? {} : { deploymentId }
  const staked =
    token ?? (await (await connection.ignition.deploy(DemoTokenModule, place)).token.getAddress())
  const deployed = await connection.ignition.deploy(OnusModule, {
    ...place,
    parameters: { Onus: { token: staked, ...parameters } },
  })
  const [signer] = await connection.ethers.getSigners()
  const addresses = {
    Token: staked,
    Providers: await deployed.providers.getAddress(),
    Models: await deployed.models.getAddress(),
    Reputation: await deployed.reputation.getAddress(),
    Governance: await deployed.governance.getAddress(),
    Equivocation: await deployed.equivocation.getAddress(),
    Referee: await deployed.referee.getAddress(),
    WrongExecution: await deployed.wrongExecution.getAddress(),
    Omission: await deployed.omission.getAddress(),
    Onus: await deployed.onus.getAddress(),
  }
  if (deploymentId !== undefined) {
    const companions = await deployCompanions(connection, deploymentId, addresses.Onus)
    await record(connection, deploymentId, { ...addresses, ...companions })
  }
  return {
    onus: Onus__factory.connect(addresses.Onus, signer),
    token: DemoToken__factory.connect(staked, signer),
    addresses,
  }
}

async function deployCompanions(
  connection: Connection,
  deploymentId: string,
  onus: string,
): Promise<Record<string, string>> {
  const { policies, callbacks, audits } = await connection.ignition.deploy(CompanionsModule, {
    deploymentId,
    parameters: { Companions: { onus } },
  })
  return {
    Policies: await policies.getAddress(),
    Callbacks: await callbacks.getAddress(),
    Audits: await audits.getAddress(),
  }
}

/** Writes `deployments/ID/addresses.json`: where everything is, since when, and with which arguments. */
async function record(
  connection: Connection,
  deploymentId: string,
  addresses: Record<string, string>,
): Promise<void> {
  const folder = join("deployments", deploymentId)
  const transactions = await listTransactions(folder, undefined as never)
  const provider = connection.ethers.provider
  const contracts: Record<string, unknown> = {}
  for (const [name, address] of Object.entries(addresses)) {
    const made = transactions.find((transaction) => transaction.address === address)
    const receipt = made && (await provider.getTransactionReceipt(made.txHash))
    contracts[name] = {
      address,
      block: receipt?.blockNumber,
      transaction: made?.txHash,
      arguments: made?.params ?? [],
    }
  }
  const { chainId } = await provider.getNetwork()
  mkdirSync(folder, { recursive: true })
  const text = toJson({ chainId: chainId.toString(), contracts })
  writeFileSync(join(folder, "addresses.json"), `${text}\n`)
}
