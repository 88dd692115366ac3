import type { CounterpartyRow } from "../entities.ts"
import type { Context } from "./context.ts"

/** Counts a dealing of somebody with a provider; tells whether it is the first one in this role. */
export async function dealt(
  context: Context,
  provider: string,
  role: CounterpartyRow["role"],
  address: string,
  amount = 0n,
): Promise<boolean> {
  const id = `${provider}/${role}/${address}`
  const known = await context.get("counterparty", id)
  if (known) await context.increase("counterparty", id, { times: 1, amount })
  else await context.add("counterparty", { id, provider, role, address, times: 1, amount })
  return !known
}
