import { type Conviction } from "../../src/sdk/convict.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { claim } from "../../src/sdk/claim.ts"
import { release } from "../../src/sdk/release.ts"
import { type ProviderStanding, readStanding } from "../../src/sdk/reputation.ts"
import type { Service } from "./3-serve.ts"
import { attempt, insist } from "./insist.ts"
import { type Reporter, money } from "./reporter.ts"
import { COVERAGE, type Stage, WINDOW } from "./stage.ts"

/** Where tokens have no owner. */
const GRAVE = "0x000000000000000000000000000000000000dEaD"

/** Windows close, escrows end: the money moves, and what happened is remembered. */
export async function settle(
  stage: Stage,
  services: readonly Service[],
  convictions: readonly Conviction[],
  reporter: Reporter,
): Promise<ProviderStanding[]> {
  reporter.act("The windows close, the money moves, and the record stays")
  await stage.wait(WINDOW)
  const { client } = stage.consumer
  // All in one transaction, by anybody.
  const [released] = await release(
    client,
    services.map(({ bundles: [{ signed, inclusion }] }) => ({ receipt: signed.receipt, inclusion })),
  )
  insist(released.bonds.length === services.length, "one transaction releases what is left of every batch")
  reporter.spent(`release ${services.length} batches`, released.gas)
  await payOut(stage, services, convictions, reporter)

  const standings: ProviderStanding[] = []
  for (const { actor } of services) standings.push(await readStanding(client, actor.address))
  const [honest, liar, equivocator] = standings
  insist(honest.score > liar.score && honest.score > equivocator.score, "the honest provider ranks first")
  insist(liar.faults === 1 && equivocator.faults === 1 && honest.faults === 0, "every fault is counted once")
  reporter.table(
    ["provider", "score", "+-", "loss ratio", "faults", "stake", "slashed", "restituted", "excluded"],
    standings.map((standing, at) => [
      services[at].actor.name,
      standing.score.toFixed(4),
      standing.uncertainty.toFixed(4),
      `${(100 * standing.lossRatio).toFixed(1)} %`,
      String(standing.faults),
      money(standing.active),
      money(standing.slashed),
      money(standing.restituted),
      standing.tombstoned ? "yes" : "no",
    ]),
  )
  return standings
}

async function payOut(
  stage: Stage,
  services: readonly Service[],
  convictions: readonly Conviction[],
  reporter: Reporter,
): Promise<void> {
  const { client } = stage.consumer
  const { onus, token } = client
  const [first] = convictions
  const early = await attempt(claim(client, first.payoutId))
  insist(isOnusError(early, "PayoutNotMatured"), "nothing is paid before the escrow ends")
  const { escrow } = await onus.terms()
  await stage.wait(60n * escrow)
  const receipts = new Map(
    services.flatMap(({ bundles }) =>
      bundles.map(({ signed: { registry, receipt } }) => [receiptId(registry, receipt), receipt] as const),
    ),
  )
  const buried = await token.balanceOf(GRAVE)
  for (const { payoutId } of convictions) {
    const [paid] = await claim(client, payoutId, { receipt: receipts.get(payoutId) })
    reporter.spent("claim a payout", paid.gas)
    await claim(client, payoutId, { shares: ["burnable"] })
  }
  const consumerReward = convictions[2].reward
  for (const [{ name, address }, due, why] of [
    [stage.consumer, 2n * COVERAGE + consumerReward, "restitution for two answers, and a reward"],
    [stage.challenger, first.reward, "reward"],
    [stage.bystander, convictions[1].reward, "reward"],
  ] as const) {
    const balance = await token.balanceOf(address)
    insist(balance === due, `${name} has been paid ${money(due)}`)
    reporter.tell(`${name} has ${money(balance)}: ${why}`, { account: address, balance })
  }
  const burned = convictions.reduce((sum, conviction) => sum + conviction.burned, 0n)
  const more = (await token.balanceOf(GRAVE)) - buried
  insist(more === burned, "what was slashed for burning is burned")
  reporter.tell(`${money(burned)} are burned: nobody else gets anything`, { burned })
}
