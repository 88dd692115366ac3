import { type JsonRpcApiProvider, toQuantity } from "ethers"
import { isOnusError } from "../../protocol/errors.ts"
import { explain } from "../../sdk/errors.ts"
import { classify } from "./node-errors.ts"
import type { Intent } from "./transactions.ts"
import type { Refusal } from "./work.ts"

/** Gas that a transaction may have on Ethereum (EIP-7825). */
export const MOST_GAS = 1n << 24n

/** What a call may cost more than estimated, beside a tenth: a reputation that decays in the next second costs some slots. */
const DECAY_GAS = 60_000n

/** What would happen if a call were made now. */
export type Simulation = { readonly gas: bigint } | { readonly refusal: Refusal }

/**
 * Makes a call on the latest state without sending it.
 *
 * @returns the gas to give it, or why a contract refuses it.
 * @throws what the node says if it is not about the call.
 */
export async function simulate(
  chain: JsonRpcApiProvider,
  from: string,
  { to, data, value }: Pick<Intent, "to" | "data" | "value">,
): Promise<Simulation> {
  // Asked by its plain name: a provider's own method may leave room already.
  const call = { from, to, data, value: toQuantity(value) }
  let estimate: bigint
  try {
    estimate = BigInt((await chain.send("eth_estimateGas", [call, "latest"])) as string)
  } catch (error) {
    if (classify(error) !== "revert") throw error
    return { refusal: refusalOf(error) }
  }
  if (estimate > MOST_GAS) {
    const reason = `The call needs ${estimate} gas, a transaction may have ${MOST_GAS}`
    return { refusal: { code: "GasTooHigh", reason } }
  }
  const gas = (estimate * 11n) / 10n + DECAY_GAS
  return { gas: gas < MOST_GAS ? gas : MOST_GAS }
}

/** Why a transaction failed in a block, as far as making its call again before that block shows it. */
export async function reasonOf(
  chain: JsonRpcApiProvider,
  from: string,
  { to, data, value }: Pick<Intent, "to" | "data" | "value">,
  block: number,
): Promise<string> {
  const call = { from, to, data, value: toQuantity(value) }
  try {
    await chain.send("eth_call", [call, toQuantity(block - 1)])
  } catch (error) {
    if (classify(error) === "revert") return refusalOf(error).reason
  }
  return "It failed, by something that happened earlier in its block, or for lack of gas"
}

function refusalOf(error: unknown): Refusal {
  const explained = explain(error)
  if (isOnusError(explained)) return { code: explained.code, reason: explained.message }
  return { code: "CallReverted", reason: "The contract reverted and gave no reason" }
}
