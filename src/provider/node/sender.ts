import { LogFollower } from "../../chain/logs.ts"
import type { Chain } from "../../chain/provider.ts"
import { TransactionGauges } from "../../chain/transactions/gauges.ts"
import type { TransactionManager } from "../../chain/transactions/manager.ts"
import { openTransactions } from "../../chain/transactions/open.ts"
import { zeroPadValue } from "ethers"
import type { Client } from "../../sdk/client.ts"
import type { Court } from "../../sdk/game/court.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import type { Key } from "../../service/key.ts"
import type { Database } from "../../store/database.ts"
import { Anchorer } from "../anchoring/anchorer.ts"
import type { Inclusions } from "../anchoring/inclusion.ts"
import type { View } from "../chain/view.ts"
import type { StakeCover } from "../cover/stake-cover.ts"
import type { ChallengeBook } from "../defence/book.ts"
import { Defender } from "../defence/defender.ts"
import { EvidenceRoom } from "../defence/evidence.ts"
import { ChallengeWatch } from "../defence/watch.ts"
import type { Journal } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"
import { signatureCounts } from "../reconcile/restored.ts"
import { BondCollector } from "../release/bonds.ts"
import { Releaser } from "../release/release.ts"
import type { Instruments } from "../../service/instruments.ts"

export interface SenderParts {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly database: Database
  readonly chain: Chain
  readonly client: Client
  readonly court: Court
  readonly key: Key
  readonly journal: Journal
  readonly book: ChallengeBook
  readonly longestGame: number
  readonly cover: StakeCover
  readonly pool: Pool
  readonly inclusions: Inclusions
  /** The hash of a block where it is known. */
  readonly hashOf: (number: number) => string | undefined
  /** Token units: see `Releaser`. */
  readonly minRelease: bigint
}

/** All that one process does for a provider, however many serve: what sends transactions, and what decides which. */
export interface Sender {
  readonly transactions: TransactionManager
  readonly gauges: TransactionGauges
  readonly anchorer: Anchorer
  readonly defender: Defender
  readonly releaser: Releaser
  readonly collector: BondCollector
  readonly book: ChallengeBook
  /** Seconds on the registry's clock that may pass between the end of a window and the last question about an answer. */
  readonly longestGame: number
  /** Seconds from its issue for which the signature of a receipt is evidence. */
  readonly signatureCounts: number
  /** Follows challenges. */
  readonly events: readonly LogFollower[]
}

/** Opens everything that sends. Only who holds the lock for it may. */
export async function openSender(parts: SenderParts): Promise<Sender> {
  const { config, instruments, database, chain, client, court, key, journal, book, cover, pool, inclusions } =
    parts
  const { alerts, log, metrics } = instruments
  const { gas } = config
  const transactions = await openTransactions({
    database,
    chain,
    key,
    log,
    alerts,
    policy: {
      caps: { anchor: gas.cap, defence: gas.defenceCap, claim: gas.claimCap },
      defenceReserve: gas.reserve,
      balanceWarning: gas.warnBelow,
    },
  })
  const { fromBlock } = config.chain
  const common = { journal, transactions, client, alerts }
  const anchorer = new Anchorer({ ...common, reader: chain, limits: config.anchoring, cover, fromBlock })
  transactions.checkDone("anchor", ({ key: name }) => anchorer.isOnChain(name))
  const { judge } = court
  const defender = new Defender({
    ...common,
    book,
    judge,
    pool,
    evidence: new EvidenceRoom(pool, client.registry),
    inclusions,
    hurry: (batchId) => anchorer.hurry(batchId),
  })
  transactions.checkDone("answer", ({ key: name }) => defender.isAnswered(name))
  const { longestGame } = parts
  const releaser = new Releaser({
    ...common,
    cover,
    minValue: parts.minRelease,
    isDisputed: (batchId, { state }) => book.isDisputed(batchId, Number(state.clock) - longestGame),
  })
  const collector = new BondCollector({ ...common, book, judge, inclusions })
  const events = await followChallenges(parts, book)
  const counts = Number(await signatureCounts(client))
  return {
    transactions,
    gauges: new TransactionGauges(metrics, transactions),
    anchorer,
    defender,
    releaser,
    collector,
    book,
    events,
    longestGame,
    signatureCounts: counts,
  }
}

async function followChallenges(parts: SenderParts, book: ChallengeBook): Promise<LogFollower[]> {
  const { config, instruments, database, chain, client, court, journal, hashOf } = parts
  const { address: provider } = config.provider
  const omission = await client.omission()
  const { judge } = court
  const watch = new ChallengeWatch({
    provider,
    journal,
    book,
    judge,
    omission,
    reader: chain,
    alerts: instruments.alerts,
  })
  const common = { chain, database, hashOf, from: config.chain.fromBlock, log: instruments.log }
  const demanded = judge.interface.getEvent("Demanded").topicHash
  const claimed = omission.interface.getEvent("Claimed").topicHash
  return Promise.all([
    LogFollower.open({
      ...common,
      name: "demands",
      filter: { addresses: [await judge.getAddress()], topics: [demanded] },
      handle: (logs) => watch.demanded(logs),
    }),
    LogFollower.open({
      ...common,
      name: "omissions",
      filter: {
        addresses: [await omission.getAddress()],
        topics: [claimed, null, zeroPadValue(provider, 32)],
      },
      handle: (logs) => watch.claimed(logs),
    }),
  ])
}

/** Does one round of everything in turn, the most urgent first: for a process that is about to end. */
export async function lastRound({ anchorer, defender, transactions }: Sender, view: View): Promise<void> {
  while (await defender.tick(view));
  await anchorer.tick(view, { isLeaving: true })
  await transactions.tick(view.head)
}
