import { OnusError } from "../protocol/errors.ts"
import type { Client } from "./client.ts"
import { call } from "./errors.ts"

/** Unix seconds of the latest block: the time that receipts and keys are judged by. */
export async function chainTime({ onus }: Pick<Client, "onus">): Promise<bigint> {
  return BigInt((await latestBlock(onus)).timestamp)
}

/** One moment on both clocks, and its block. */
export interface Moment {
  /** Unix seconds. */
  readonly time: bigint
  /** Seconds on the registry's clock, which stands still while disputes are stopped. */
  readonly clock: bigint
  readonly block: bigint
}

/** Reads both clocks at a block, the latest by default. */
export async function readClocks({ onus }: Pick<Client, "onus">, at?: number): Promise<Moment> {
  const { timestamp, number } = await latestBlock(onus, at)
  const clock = await call(onus.clock({ blockTag: number }))
  return { time: BigInt(timestamp), clock, block: BigInt(number) }
}

/** When the registry's clock will show `due`, in Unix seconds, unless disputes are stopped before; when it did, if past. */
export function unixTime(due: bigint, { time, clock }: Pick<Moment, "time" | "clock">): bigint {
  return due + time - clock
}

async function latestBlock({ runner }: Client["onus"], at?: number) {
  const block = await runner?.provider?.getBlock(at ?? "latest")
  if (block) return block
  throw new OnusError("ProviderMissing", `The node has no block ${at ?? "latest"}`)
}
