import { type ContractRunner, type TransactionReceipt, type TransactionResponse, isError } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import type { Registry } from "../protocol/receipt.ts"
import { IERC20Metadata__factory, Onus__factory, type IERC20Metadata, type Onus } from "./contracts.ts"
import type { Call } from "./calls.ts"
import { call } from "./errors.ts"
import { type Modules, modulesOf } from "./modules.ts"

/** The registry on one chain with its modules, seen from one account. */
export interface Client extends Modules {
  readonly onus: Onus
  readonly token: IERC20Metadata
  readonly registry: Registry
}

/** What a confirmed transaction cost. */
export interface Sent {
  readonly hash: string
  readonly block: number
  readonly gas: bigint
  readonly receipt: TransactionReceipt
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
  const token = IERC20Metadata__factory.connect(await stakeToken(onus, address), runner)
  return { onus, token, registry: { chainId: network.chainId, address }, ...modulesOf(onus) }
}

/**
 * Sends a transaction and waits for its receipt, at most `timeout` milliseconds.
 *
 * @throws OnusError with the code of the contract's error when it reverts; `TransactionUnknown` when
 * there is no receipt in time: it may still be mined.
 */
export async function send(transaction: Promise<TransactionResponse>, timeout = 180_000): Promise<Sent> {
  const response = await call(transaction)
  const receipt = await call(response.wait(1, timeout)).catch((error: unknown) => {
    if (isError(error, "TIMEOUT")) return null
    throw error
  })
  if (!receipt) {
    throw new OnusError("TransactionUnknown", `Transaction ${response.hash} has no receipt yet`, {
      hint: "It may still be mined: look it up before sending it again",
    })
  }
  return { hash: receipt.hash, block: receipt.blockNumber, gas: receipt.gasUsed, receipt }
}

/**
 * Sends a call from the client's account and waits for its receipt.
 *
 * @throws OnusError as {@link send}; `SignerMissing` when the client can only read.
 */
export async function sendCall({ onus }: Pick<Client, "onus">, building: Promise<Call>): Promise<Sent> {
  const { runner } = onus
  if (!runner?.sendTransaction) {
    throw new OnusError("SignerMissing", "The client is connected to a chain without an account", {
      hint: "Connect it with a signer",
    })
  }
  return send(runner.sendTransaction(await building))
}

/** The token, asked for first because other contracts do not answer. */
async function stakeToken(onus: Onus, address: string): Promise<string> {
  try {
    return await onus.token()
  } catch (cause) {
    if (!isError(cause, "BAD_DATA") && !isError(cause, "CALL_EXCEPTION")) throw cause
    throw new OnusError("ContractMissing", `The contract at ${address} is not an Onus registry`, {
      hint: "Check the address in deployments/, or deploy the registry",
      cause,
    })
  }
}
