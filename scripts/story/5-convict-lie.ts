import { isOnusError } from "../../src/protocol/errors.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { type Conviction, convictWrongExecution } from "../../src/sdk/convict.ts"
import type { Finding } from "./4-find-lie.ts"
import { attempt, insist } from "./insist.ts"
import { type Reporter, money, short } from "./reporter.ts"
import { COVERAGE, type Stage } from "./stage.ts"

/** One transaction: the contract recomputes the element in Solidity and convicts. */
export async function convictLie(stage: Stage, finding: Finding, reporter: Reporter): Promise<Conviction> {
  reporter.act("One transaction convicts: the contract recomputes the number by itself")
  const { service, answer, opened, fault } = finding
  const { client, name } = stage.challenger
  const { signed, inclusion } = service.bundles[answer]
  const before = await client.onus.account(service.actor.address)

  // The same accusation against an element that is right gets nowhere.
  const honest = { step: fault.step, element: fault.element === 0 ? 1 : 0 }
  const refused = await attempt(convictWrongExecution(client, signed, opened, honest, inclusion))
  insist(isOnusError(refused, "NotGuilty"), "an element that is right cannot be convicted")
  reporter.tell(
    `an accusation against element ${honest.element}, which is right, is refused: ${refused.code}`,
  )

  const conviction = await convictWrongExecution(client, signed, opened, fault, inclusion ?? DIRECT)
  reporter.spent("wrong-execution conviction", conviction.gas)
  const after = await client.onus.account(service.actor.address)
  const taken = conviction.bond + conviction.punitive
  insist(before.active - after.active === taken, `${service.actor.name} loses ${money(taken)}`)
  insist(conviction.restitution === COVERAGE, "the consumer is owed exactly the coverage")
  reporter.tell(
    `${name} convicts ${service.actor.name} in ${short(conviction.hash)}, ${conviction.gas} gas`,
    {
      transaction: conviction.hash,
      gas: conviction.gas,
      offenceId: conviction.offenceId,
    },
  )
  tellMoney(service.actor.name, conviction, reporter)
  return conviction
}

/** Where the money of a conviction goes. */
export function tellMoney(provider: string, conviction: Conviction, reporter: Reporter): void {
  const { bond, punitive, restitution, reward, burned } = conviction
  const ways = `${money(restitution)} to the consumer, ${money(reward)} to the challenger, ${money(burned)} burned`
  reporter.tell(`${provider} loses ${money(bond)} reserved and ${money(punitive)} more: ${ways}`, {
    bond,
    punitive,
    restitution,
    reward,
    burned,
  })
}
