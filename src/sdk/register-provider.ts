import { type Client, type Sent, send } from "./client.ts"

/** Registers the client's account as a provider; `uri` says where its metadata is served. */
export async function registerProvider({ providers }: Client, uri: string): Promise<Sent> {
  return send((await providers()).register(uri))
}
