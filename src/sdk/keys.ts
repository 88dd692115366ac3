import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/** A signing key and the issue times `[from, until)`, in Unix seconds, for which it may sign. */
export interface SigningKey {
  readonly address: string
  readonly from: bigint
  readonly until: bigint
}

/** Lets `key` sign for the client's account until `until` (Unix seconds). */
export async function addKey({ onus }: Client, key: string, until: bigint): Promise<Sent> {
  return send(onus.addKey(key, until))
}

/** Ends the validity of a key now; what it signed before stays evidence. */
export async function revokeKey({ onus }: Client, key: string): Promise<Sent> {
  return send(onus.revokeKey(key))
}

/** All keys that a provider ever had, oldest first: the contract keeps no list, its events are one. */
export async function listKeys({ onus }: Client, provider: string, fromBlock = 0): Promise<SigningKey[]> {
  const added = await call(onus.queryFilter(onus.filters.KeyAdded(provider), fromBlock))
  const keys = [...new Set(added.map((event) => event.args.key))]
  return Promise.all(
    keys.map(async (address) => {
      const { from, until } = await call(onus.keyValidity(provider, address))
      return { address, from, until }
    }),
  )
}
