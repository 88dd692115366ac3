import { Equivocation__factory, type Equivocation, type Omission } from "../../sdk/contracts.ts"
import { type Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import { Fault } from "../../sdk/fault.ts"
import { type Court, openCourt } from "../../sdk/game/court.ts"

/** The registry with all its judges. */
export interface Contracts extends Pick<Client, "onus" | "registry"> {
  /** Of wrong executions. */
  readonly judge: Court["judge"]
  readonly equivocation: Equivocation
  readonly omission: Omission
  /** What a challenger has for its next move, in seconds on the registry's clock. */
  readonly turn: bigint
  /** What a provider has for an answer at least, in seconds on that clock. */
  readonly response: bigint
}

/** Looks up the judges of a registry. */
export async function openContracts(client: Client): Promise<Contracts> {
  const { onus, registry } = client
  const [{ judge }, omission, equivocation] = await Promise.all([
    openCourt(client),
    client.omission(),
    call(onus.faultModule(Fault.Equivocation)),
  ])
  const { turn, response } = await call(judge.clocks())
  return {
    onus,
    registry,
    judge,
    omission,
    equivocation: Equivocation__factory.connect(equivocation, onus.runner),
    turn: BigInt(turn),
    response: BigInt(response),
  }
}
