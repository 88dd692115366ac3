import { expect } from "chai"
import { provenFaults } from "../../../src/sdk/fault.ts"
import { requestKey } from "../../../src/protocol/receipt.ts"
import type { CreditRow, RevealRow } from "../../../src/facts/entities.ts"
import type { DisputeFacts, Facts, ProviderFacts, ReceiptFacts } from "../../../src/facts/source.ts"
import { listed } from "./listed.ts"
import type { Item, World } from "./world.ts"

/** A score differs by the rounding of masses, and by the seconds between the block and the call. */
const CLOSE = 1e-4

/** Compares everything that facts say with what the contracts say of their own storage. */
export async function compare(world: World, facts: Facts): Promise<number> {
  const counter = { compared: 0 }
  const same = (what: string, fact: unknown, truth: unknown): void => {
    counter.compared++
    expect(fact, what).to.deep.equal(truth)
  }
  for (const { address } of world.people.providers) await compareProvider(world, facts, address, same)
  for (const item of world.items) await compareItem(world, facts, item, same)
  await compareAudits(world, facts, same)
  await compareModels(world, facts, same)
  await compareMoney(world, facts, same)
  return counter.compared
}

type Same = (what: string, fact: unknown, truth: unknown) => void

async function compareProvider(world: World, facts: Facts, id: string, same: Same): Promise<void> {
  const { onus, reputation, agents } = world
  const { data } = await facts.provider(id)
  if (!data) return same(`stake of ${id}, who is not known`, (await onus.account(id)).active, 0n)
  const [account, thaw, freeze, record, standing, agent] = await Promise.all([
    onus.account(id),
    onus.thaw(id),
    onus.freeze(id),
    onus.faultRecord(id),
    reputation.reputation(id),
    agents.agentOf(id),
  ])
  same(`stake of ${id}`, stakeOf(data), {
    active: account.active,
    locked: account.locked,
    isExcluded: account.tombstoned,
    thawing: thaw.amount,
    thawsAt: thaw.amount === 0n ? 0 : Number(thaw.maturesAt),
    frozen: freeze.amount,
    frozenUntil: Number(freeze.until),
    frozenUntilBlock: Number(freeze.untilBlock),
    capacity: await onus.capacity(id),
    restituted: await onus.restituted(id),
    slashed: record.slashed,
    faults: Number(record.faults),
    lastFaultAt: Number(record.lastFaultAt),
    previousFaultAt: Number(record.previousFaultAt),
    registeredAt: Number(record.registeredAt),
    agentId: agent.linked ? agent.agentId : null,
  })
  compareStanding(`reputation of ${id}`, data, standing, same)
  for (const service of (await facts.services(id)).data)
    compareStanding(
      `reputation of ${service.id}`,
      service,
      await reputation.reputationFor(id, service.model),
      same,
    )
  for (const key of (await facts.keys(id)).data) {
    const { from, until, roles } = await onus.keyValidity(id, key.key)
    same(`key ${key.id}`, [key.from, key.until, key.roles], [Number(from), until, Number(roles)])
  }
  const last = (await facts.history(id)).data.at(-1)!
  near(`the last point of ${id}`, last.score, data.score, 1e-9)
  same(`stake in the history of ${id}`, last.stake, account.active)
}

const near = (what: string, fact: number, truth: number, tolerance: number): void => {
  expect(Math.abs(fact - truth), `${what}: ${fact} and ${truth}`).to.be.lessThan(tolerance)
}

const stakeOf = ({
  active,
  locked,
  isExcluded,
  thawing,
  thawsAt,
  frozen,
  frozenUntil,
  frozenUntilBlock,
  capacity,
  restituted,
  slashed,
  faults,
  lastFaultAt,
  previousFaultAt,
  registeredAt,
  agentId,
}: ProviderFacts) => ({
  active,
  locked,
  isExcluded,
  thawing,
  thawsAt,
  frozen,
  frozenUntil,
  frozenUntilBlock,
  capacity,
  restituted,
  slashed,
  faults,
  lastFaultAt,
  previousFaultAt,
  registeredAt,
  agentId,
})

function compareStanding(
  what: string,
  fact: { isScored: boolean; score: number; uncertainty: number; lossRatio: number },
  truth: { scored: boolean; score: bigint; uncertainty: bigint; lossRatio: bigint },
  same: Same,
): void {
  same(`${what} is scored`, fact.isScored, truth.scored)
  for (const figure of ["score", "uncertainty", "lossRatio"] as const)
    near(`${figure}: ${what}`, fact[figure], Number(truth[figure]) / 1e18, CLOSE)
}

async function compareItem(world: World, facts: Facts, item: Item, same: Same): Promise<void> {
  const { onus, judge, omission } = world
  const { data } = await facts.receipt(item.id)
  const faults = provenFaults(await onus.faultsOf(requestKey(item.receipt)))
  same(`faults of ${item.id}`, (data?.convictions.length ?? 0) > 0 && faults.length === 0, false)
  if (data) {
    await compareBond(world, data, same)
    await comparePayouts(world, data, same)
    same(`posted root of ${item.id}`, data.receipt?.postedRoot ?? ZERO, await judge.postedTraceRoot(item.id))
  }
  const dispute = (await facts.dispute(item.id)).data
  const claim = await omission.claimOf(item.id)
  same(`claim of ${item.id}`, isClaimed(dispute), claim.since !== 0n)
  if (dispute) await compareDispute(world, dispute, same)
}

const ZERO = `0x${"0".repeat(64)}`
const isClaimed = (dispute: DisputeFacts | null): boolean =>
  dispute?.reveals.some(({ kind }) => kind === "anchor") ?? false

async function compareBond({ onus }: World, { bond }: ReceiptFacts, same: Same): Promise<void> {
  if (!bond) return
  const lock = await onus.lockOf(bond.id)
  same(
    `bond ${bond.id}`,
    { amount: bond.amount, untilBlock: bond.untilBlock, escrow: bond.escrow },
    { amount: lock.bond, untilBlock: Number(lock.untilBlock), escrow: Number(lock.escrow) },
  )
}

async function comparePayouts(
  { onus }: World,
  { convictions, credits }: ReceiptFacts,
  same: Same,
): Promise<void> {
  for (const { id, challenger, isReturned, fault, ...conviction } of convictions) {
    const due = await onus.payout(id)
    const open = (part: CreditRow["part"]): bigint =>
      credits.find((credit) => credit.conviction === id && credit.part === part && credit.state === "escrow")
        ?.amount ?? 0n
    same(
      `payout ${id}`,
      {
        challenger,
        isReturned,
        fault,
        restitution: open("restitution"),
        reward: open("reward"),
        burned: open("burned"),
      },
      {
        challenger: due.challenger.toLowerCase(),
        isReturned: due.returned,
        fault: ["equivocation", "execution", "omission"][Number(due.fault)],
        restitution: due.restitution,
        reward: due.reward,
        burned: due.burnable,
      },
    )
    const sum = credits
      .filter((credit) => credit.conviction === id)
      .reduce((all, { amount }) => all + amount, 0n)
    same(`shares of ${id}`, sum, conviction.bond + conviction.punitive)
    for (const credit of credits.filter((each) => each.conviction === id))
      same(`maturity of ${credit.id}`, credit.maturesAt, Number(due.maturesAt))
  }
}

/** A demand, or a claim, as its contract has it. */
async function questionOf({ judge, omission }: World, receipt: string, { kind, questionId }: RevealRow) {
  if (kind === "anchor") {
    const { claimant, due, dueBlock, bond, answered } = await omission.claimOf(receipt)
    return { challenger: claimant, due, dueBlock, bond, isAnswered: answered }
  }
  const { challenger, due, dueBlock, bond, responder } = await judge.demandOf(receipt, questionId)
  return { challenger, due, dueBlock, bond, isAnswered: BigInt(responder) !== 0n }
}

async function compareDispute(
  world: World,
  { dispute, reveals, bond }: DisputeFacts,
  same: Same,
): Promise<void> {
  const { judge } = world
  for (const reveal of reveals) {
    const truth = await questionOf(world, dispute.id, reveal)
    same(
      `question ${reveal.id}`,
      {
        challenger: reveal.challenger,
        due: reveal.due,
        dueBlock: reveal.dueBlock,
        bond: reveal.paidTo === null ? reveal.bond : 0n,
        isAnswered: reveal.answeredAt !== null,
      },
      {
        challenger: truth.challenger.toLowerCase(),
        due: Number(truth.due),
        dueBlock: Number(truth.dueBlock),
        bond: truth.bond,
        isAnswered: truth.isAnswered,
      },
    )
  }
  const open = reveals.filter(({ answeredAt }) => answeredAt === null)
  same(`oldest question of ${dispute.id}`, dispute.due, open[0]?.due ?? 0)
  same(
    `questions of ${dispute.id}`,
    [dispute.asked, dispute.asked - dispute.answered],
    [reveals.length, open.length],
  )
  if (dispute.kind === "execution" && bond && reveals.some(({ kind }) => kind === "node"))
    same(`end of ${dispute.id}`, bond.until >= Number((await judge.gameOf(dispute.id)).openUntil), true)
}

async function compareModels({ models }: World, facts: Facts, same: Same): Promise<void> {
  for (const model of await listed((wish) => facts.models(wish)))
    same(`model ${model.id}`, model.since.time, Number(await models.modelRegisteredAt(model.id)))
}

/** Who vouched with a seat has said so of a receipt, whatever became of the audit. */
async function compareAudits({ audits, funds }: World, facts: Facts, same: Same): Promise<void> {
  const vouches = new Map<string, number>()
  for (const { id, items } of funds)
    for (const item of items) {
      const { seatSince } = await audits.auditOf(id, item.id)
      vouches.set(item.id, (vouches.get(item.id) ?? 0) + Number(seatSince !== 0n))
    }
  for (const [id, count] of vouches)
    same(`vouches for ${id}`, (await facts.receipt(id)).data?.receipt?.vouches ?? 0, count)
}

/** What contracts hold is what the rows add up to. */
async function compareMoney(world: World, facts: Facts, same: Same): Promise<void> {
  const { onus, token, judge, omission, connection } = world
  const providers = await listed((wish) => facts.providers(wish))
  const credits = await listed((wish) => facts.credits({ ...wish, state: "escrow" }))
  const disputes = await listed((wish) => facts.disputes(wish))
  const stake = providers.reduce((sum, { active, thawing }) => sum + active + thawing, 0n)
  const escrow = credits.reduce((sum, { amount }) => sum + amount, 0n)
  same("tokens in the registry", stake + escrow, await token.balanceOf(onus))
  const balance = async (of: { getAddress(): Promise<string> }): Promise<bigint> =>
    connection.ethers.provider.getBalance(await of.getAddress())
  const bonds = disputes.reduce((sum, dispute) => sum + dispute.bonds, 0n)
  same("wei in bonds", bonds, (await balance(judge)) + (await balance(omission)))
  const open = disputes.filter(({ state }) => state === "open").length
  same(
    "open disputes",
    providers.reduce((sum, { disputesOpen }) => sum + disputesOpen, 0),
    open,
  )
  const lost = disputes.filter(({ state }) => state === "convicted").length
  same(
    "lost disputes",
    providers.reduce((sum, { disputesLost }) => sum + disputesLost, 0),
    lost,
  )
}
