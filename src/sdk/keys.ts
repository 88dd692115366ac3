import { Role } from "../protocol/role.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/** A key of a provider, and the times `[from, until)`, in Unix seconds, at which it counts. */
export interface ProviderKey {
  readonly address: string
  readonly from: bigint
  readonly until: bigint
  /** A sum of `Role`. */
  readonly roles: number
}

/** Lets `key` act for the client's account until `until` (Unix seconds), in both roles unless others are named. */
export async function addKey(
  { providers }: Client,
  key: string,
  until: bigint,
  roles: number = Role.All,
): Promise<Sent> {
  return send((await providers()).addKey(key, until, roles))
}

/** Ends the validity of a key now; what it signed before stays evidence. */
export async function revokeKey({ providers }: Client, key: string): Promise<Sent> {
  return send((await providers()).revokeKey(key))
}

/** All keys that a provider ever had, oldest first: the contract keeps no list, its events are one. */
export async function listKeys(client: Client, provider: string, fromBlock = 0): Promise<ProviderKey[]> {
  const providers = await client.providers()
  const added = await call(providers.queryFilter(providers.filters.KeyAdded(provider), fromBlock))
  const keys = [...new Set(added.map((event) => event.args.key))]
  return Promise.all(
    keys.map(async (address) => {
      const { from, until, roles } = await call(client.onus.keyValidity(provider, address))
      return { address, from, until, roles: Number(roles) }
    }),
  )
}
