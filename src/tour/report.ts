import { type Client } from "../sdk/client.ts"
import type { FaultName } from "../sdk/fault.ts"
import type { LocalChain } from "./chain/local-chain.ts"
import type { Member } from "./cast.ts"
import type { Affair, Chronicle, Conviction, Moment, Proof } from "./chronicle.ts"
import type { Sold } from "./tour.ts"

/** One who lied and was convicted. Amounts in token units; those of the chain's coin in wei. */
export interface Caught {
  readonly lie: string
  readonly provider: string
  readonly receiptId: string
  readonly fault: FaultName
  readonly proof: Proof
  /** From the answer to the challenger's first transaction about it, and to the conviction. */
  readonly accusedAfter: Moment
  readonly convictedAfter: Moment
  /** What was asked on-chain, and how much of it was answered. */
  readonly asked: number
  readonly answered: number
  readonly transactions: number
  readonly gas: bigint
  readonly fees: bigint
  /** Left for what was asked, and got back. */
  readonly bond: bigint
  readonly returned: bigint
  readonly lost: bigint
  readonly restitution: bigint
  readonly reward: bigint
  readonly burned: bigint
  readonly isPaid: boolean
}

/** What somebody had before and after: of a provider its stake, of the others their tokens. */
export interface Account {
  readonly who: string
  readonly address: string
  readonly before: bigint
  readonly after: bigint
}

/** How a tour went. */
export interface Report {
  /** Whether everybody who lied was convicted and paid for, and nobody else was accused. */
  readonly holds: boolean
  readonly elapsed: Moment
  readonly answers: number
  readonly caught: readonly Caught[]
  /** Names of those who lied and were not convicted. */
  readonly escaped: readonly string[]
  /** Honest answers that something was claimed of. */
  readonly wronged: readonly string[]
  readonly accounts: readonly Account[]
  /** Wei that the challenger has less. */
  readonly challengerSpent: bigint
}

/** Whom a report is about. */
export interface ReportParts {
  readonly chain: LocalChain
  readonly members: readonly Member[]
  readonly challenger: { readonly address: string; readonly client: Client }
  readonly consumer: string
  readonly chronicle: Chronicle
}

/** Looks at what everybody has; what is returned does it again, and says what happened in between. */
export async function reportOf(parts: ReportParts): Promise<(sold: readonly Sold[]) => Promise<Report>> {
  const before = await accountsOf(parts)
  const coins = await coinsOf(parts)
  const began = await parts.chain.now()
  return async (sold) => {
    const { affairs } = parts.chronicle
    const end = await parts.chain.now()
    const caught = sold.flatMap((one) => caughtIn(one, affairs.get(one.receiptId), parts.chronicle))
    const liars = parts.members.filter(({ lie }) => lie !== undefined)
    const escaped = liars.map(({ name }) => name).filter((name) => !caught.some(({ lie }) => lie === name))
    const wronged = sold.filter(({ receiptId, isLie }) => !isLie && affairs.has(receiptId))
    const after = await accountsOf(parts)
    return {
      holds: escaped.length === 0 && wronged.length === 0 && caught.every(({ isPaid }) => isPaid),
      elapsed: {
        seconds: parts.chronicle.seconds,
        block: end.block - began.block,
        time: end.time - began.time,
      },
      answers: sold.length,
      caught,
      escaped,
      wronged: wronged.map(({ receiptId }) => receiptId),
      accounts: before.map((account, i) => ({ ...account, after: after[i].before })),
      challengerSpent: coins - (await coinsOf(parts)),
    }
  }
}

function caughtIn(
  { member, asked: since, receiptId }: Sold,
  affair: Affair | undefined,
  chronicle: Chronicle,
): Caught[] {
  if (!affair?.conviction) return []
  const { conviction, spent, asked, returned } = affair
  const sum = (values: readonly bigint[]): bigint => values.reduce((all, value) => all + value, 0n)
  const challenges = [...asked.values()]
  const { fault, proof, restitution, reward } = conviction
  const lost = conviction.bond + conviction.punitive
  return [
    {
      lie: member.name,
      provider: member.address,
      receiptId,
      fault,
      proof,
      accusedAfter: between(since, affair.events[0]),
      convictedAfter: between(since, conviction),
      asked: challenges.length,
      answered: challenges.filter(({ isAnswered }) => isAnswered).length,
      transactions: spent.length,
      gas: sum(spent.map(({ gas }) => gas)),
      fees: sum(spent.map(({ fee }) => fee)),
      bond: sum(challenges.map(({ bond }) => bond)),
      returned,
      lost,
      restitution,
      reward,
      burned: lost - restitution - reward,
      isPaid: isPaid(conviction, chronicle),
    },
  ]
}

const isPaid = ({ payoutId, reward }: Conviction, { paid }: Chronicle): boolean =>
  reward === 0n || paid.has(payoutId)

const between = (since: Moment, until: Moment): Moment => ({
  seconds: until.seconds - since.seconds,
  block: until.block - since.block,
  time: until.time - since.time,
})

async function accountsOf({ members, challenger, consumer }: ReportParts) {
  const { onus, token } = challenger.client
  const stakes = members.map(async ({ name, address }) => {
    return { who: name, address, before: (await onus.account(address)).active }
  })
  const people = [
    { who: "consumer", address: consumer },
    { who: "challenger", address: challenger.address },
  ].map(async (person) => ({ ...person, before: await token.balanceOf(person.address) }))
  return Promise.all([...stakes, ...people])
}

const coinsOf = ({ challenger: { address, client } }: ReportParts): Promise<bigint> =>
  client.onus.runner!.provider!.getBalance(address)
