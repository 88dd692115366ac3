import type { ContractRunner, ContractTransactionReceipt, ContractTransactionResponse } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import type { Registry } from "../protocol/receipt.ts"
import {
  IERC20Metadata__factory,
  Onus__factory,
  type IERC20Metadata,
  type Onus,
} from "../../types/contracts/index.js"
import { call } from "./errors.ts"

/** The registry on one chain, seen from one account. */
export interface Client {
  readonly onus: Onus
  readonly token: IERC20Metadata
  readonly registry: Registry
}

/** What a confirmed transaction cost. */
export interface Sent {
  readonly hash: string
  readonly block: number
  readonly gas: bigint
  readonly receipt: ContractTransactionReceipt
}

/**
 * Connects to a registry.
 *
 * @param runner A signer to send transactions, or a provider to read only.
 * @throws OnusError `ChainMismatch` when the chain is not the expected one, `ContractMissing` when there
 * is no contract at the address.
 */
export async function connect(runner: ContractRunner, address: string, chainId?: bigint): Promise<Client> {
  const provider = runner.provider
  if (!provider) throw new OnusError("ProviderMissing", "The account is not connected to a chain")
  const network = await provider.getNetwork()
  if (chainId !== undefined && network.chainId !== chainId) {
    throw new OnusError("ChainMismatch", `The RPC serves chain ${network.chainId}, not chain ${chainId}`, {
      hint: "Give the RPC URL of the chain that the deployment or receipt is for",
    })
  }
  if ((await provider.getCode(address)) === "0x") {
    throw new OnusError("ContractMissing", `There is no contract at ${address} on chain ${network.chainId}`, {
      hint: "Deploy the registry, or check the address in deployments/",
    })
  }
  const onus = Onus__factory.connect(address, runner)
  const token = IERC20Metadata__factory.connect(await onus.token(), runner)
  return { onus, token, registry: { chainId: network.chainId, address } }
}

/**
 * Sends a transaction and waits for its receipt.
 *
 * @throws OnusError with the code of the contract's error when it reverts.
 */
export async function send(transaction: Promise<ContractTransactionResponse>): Promise<Sent> {
  const response = await call(transaction)
  const receipt = await call(response.wait())
  if (!receipt) throw new OnusError("TransactionUnknown", `Transaction ${response.hash} has no receipt yet`)
  return { hash: receipt.hash, block: receipt.blockNumber, gas: receipt.gasUsed, receipt }
}
