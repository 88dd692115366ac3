import { type Inclusion, DIRECT } from "../protocol/batch.ts"
import { OnusError } from "../protocol/errors.ts"
import {
  type AccountabilityPolicy,
  type PolicyFacts,
  type UnmetClause,
  explainUnmet,
} from "../protocol/policy.ts"
import type { Receipt } from "../protocol/receipt.ts"
import { readClocks } from "./chain-time.ts"
import type { Client } from "./client.ts"
import { Policies__factory } from "./contracts.ts"
import { call } from "./errors.ts"

/** An answer, and what it is held against. */
export interface AnswerCheck {
  readonly receipt: Receipt
  /** Left out if the receipt was attested directly. */
  readonly inclusion?: Inclusion | undefined
  readonly policy: AccountabilityPolicy
  /** Who must be owed restitution; whoever it is if left out. */
  readonly beneficiary?: string
  /** Root of the input tensors' tree of the question; whichever was asked if left out. */
  readonly inputCommitment?: string
}

/** What a contract with that policy would say in a block. */
export interface CheckedAnswer {
  readonly isMet: boolean
  /** A sentence for each clause that is not met, in their order. */
  readonly unmet: readonly UnmetClause[]
  readonly facts: PolicyFacts
  readonly block: number
  /** Unix seconds of the block. */
  readonly time: number
}

/**
 * Asks whether an answer meets a policy, as a contract would, and says in words why not.
 *
 * @param policies Address of the `Policies` contract of the client's registry: `onus/addresses` lists it.
 * @throws OnusError `ContractMissing` when there is no such contract, `RegistryMismatch` when it asks another registry.
 * @example
 * const { isMet, unmet } = await checkPolicy(client, policies, { receipt, inclusion, policy: { ...ACCEPT_ANY, assurance: 1 } })
 * unmet.map(({ sentence }) => sentence) // ["The challenge window is still open"]
 */
export async function checkPolicy(
  client: Client,
  policies: string,
  { receipt, inclusion = DIRECT, policy, beneficiary, inputCommitment }: AnswerCheck,
): Promise<CheckedAnswer> {
  const { registry } = client
  const contract = Policies__factory.connect(policies, client.onus.runner)
  const { block, time } = await readClocks(client)
  const at = { blockTag: Number(block) }
  if ((await client.onus.runner?.provider?.getCode(policies)) === "0x")
    throw new OnusError(
      "ContractMissing",
      `There is no contract at ${policies} on chain ${registry.chainId}`,
      {
        hint: "Name the Policies contract of the registry: deployments/ has its address",
      },
    )
  const expected = {
    beneficiary: beneficiary ?? receipt.consumer,
    inputCommitment: inputCommitment ?? receipt.inputCommitment,
  }
  const [asked, mask, facts] = await call(
    Promise.all([
      contract.onus(at),
      contract.check(receipt, inclusion, policy, expected, at),
      contract.facts(receipt, inclusion, at),
    ]),
  )
  if (asked.toLowerCase() !== registry.address.toLowerCase())
    throw new OnusError("RegistryMismatch", `${policies} asks registry ${asked}, not ${registry.address}`, {
      hint: "Name the Policies contract of the registry that the client is connected to",
    })
  const [decimals, symbol] = await call(Promise.all([client.token.decimals(), client.token.symbol()]))
  const unmet = explainUnmet(mask, {
    policy,
    facts,
    receipt,
    beneficiary: expected.beneficiary,
    now: time,
    decimals: Number(decimals),
    symbol,
  })
  return { isMet: mask === 0n, unmet, facts, block: Number(block), time: Number(time) }
}
