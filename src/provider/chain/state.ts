import type { Block } from "../../chain/heads.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import { type Node, callAt } from "../../chain/at-block.ts"

/** At which times a key counts, and for what. */
export interface KeyValidity {
  /** Unix seconds. */
  readonly from: bigint
  /** Unix seconds, exclusive. */
  readonly until: bigint
  /** A sum of `Role`. */
  readonly roles: number
}

/** How a provider stands on-chain, all of it at one block. */
export interface ProviderState {
  readonly block: Block
  /** Token units that could be anchored. */
  readonly capacity: bigint
  /** Token units. */
  readonly active: bigint
  /** Token units of `active` that are reserved. */
  readonly locked: bigint
  /** Excluded for ever. */
  readonly tombstoned: boolean
  /** Seconds on the registry's clock. */
  readonly clock: bigint
  /** Unix seconds until which no anchors are taken; past if they are. */
  readonly pausedUntil: bigint
  readonly signingKey: KeyValidity
  readonly sendingKey: KeyValidity
  /** Wei of the account that sends. */
  readonly balance: bigint
}

/** Whose state is read. */
export interface Actors {
  readonly provider: string
  /** Address of the key that signs receipts. */
  readonly signing: string
  /** Address of the account that sends transactions. */
  readonly sending: string
}

/** Reads how a provider stands at a block. */
export async function readState(
  node: Node,
  { onus }: Pick<Client, "onus">,
  { provider, signing, sending }: Actors,
  block: Block,
): Promise<ProviderState> {
  const ask = (name: string, ...values: readonly unknown[]) => callAt(node, onus, block, name, values)
  const [capacity, account, clock, pause, signingKey, sendingKey, balance] = await Promise.all([
    ask("capacity", provider),
    ask("account", provider),
    ask("clock"),
    ask("lastPause"),
    ask("keyValidity", provider, signing),
    ask("keyValidity", provider, sending),
    call(node.send("eth_getBalance", [sending, { blockHash: block.hash }]) as Promise<string>),
  ])
  const { active, locked, tombstoned } = account[0] as Readonly<Record<"active" | "locked", bigint>> & {
    readonly tombstoned: boolean
  }
  return {
    block,
    capacity: capacity[0] as bigint,
    active,
    locked,
    tombstoned,
    clock: clock[0] as bigint,
    pausedUntil: pause.until as bigint,
    signingKey: validityOf(signingKey[0]),
    sendingKey: validityOf(sendingKey[0]),
    balance: BigInt(balance),
  }
}

function validityOf(key: unknown): KeyValidity {
  const { from, until, roles } = key as Readonly<Record<keyof KeyValidity, bigint>>
  return { from, until, roles: Number(roles) }
}
