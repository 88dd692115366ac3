import { type JsonRpcApiProvider, Transaction } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Key } from "../../service/key.ts"
import { type Log, silentLog } from "../../service/log.ts"
import type { Database } from "../../store/database.ts"
import type { Context, DoneCheck } from "./context.ts"
import { Ledger } from "./ledger.ts"
import { TransactionManager } from "./manager.ts"
import { Nonces } from "./nonces.ts"
import { DEFAULT_POLICY, type Policy } from "./policy.ts"
import type { Work } from "./work.ts"

/** What a transaction manager works with. */
export interface TransactionsOptions {
  /** Where everything is kept. Only one process at a time may open it for this: see `Database.lock`. */
  readonly database: Database
  readonly chain: JsonRpcApiProvider
  /** The account. Nothing else should send from it. */
  readonly key: Key
  readonly log?: Log
  readonly alerts?: Alerts
  /** Differences from `DEFAULT_POLICY`. */
  readonly policy?: Partial<Policy>
  /** See `TransactionManager.checkDone`. */
  readonly doneChecks?: Readonly<Record<string, DoneCheck>>
}

/**
 * Opens the one owner of an account's nonces, with everything that is on its way. Sends nothing before the first tick, which reads
 * from the chain what became of it.
 *
 * @throws OnusError `ChainMismatch` when something was signed for another chain; those of the database and of `migrate`.
 */
export async function openTransactions({
  database,
  chain,
  key,
  log = silentLog,
  alerts = DEAF,
  policy,
  doneChecks = {},
}: TransactionsOptions): Promise<TransactionManager> {
  const { chainId } = await chain.getNetwork()
  const ledger = await Ledger.open(database)
  const account = key.address.toLowerCase()
  const { works, nextNonce } = await ledger.load(account)
  checkChain(works, chainId)
  const context: Omit<Context, "finish"> = {
    chain,
    chainId,
    key,
    account,
    policy: { ...DEFAULT_POLICY, ...policy },
    ledger,
    log,
    alerts,
    works: new Map(works.map((work) => [work.intent.key, work])),
    nonces: new Nonces(nextNonce),
    doneChecks: new Map(Object.entries(doneChecks)),
    counts: new Map(),
    market: undefined,
    gap: undefined,
    balance: undefined,
  }
  return new TransactionManager(context)
}

function checkChain(works: readonly Work[], chainId: bigint): void {
  for (const { intent, slot } of works) {
    const signedFor = slot && Transaction.from(slot.attempts[0].raw).chainId
    if (signedFor === undefined || signedFor === chainId) continue
    throw new OnusError(
      "ChainMismatch",
      `${intent.key} was signed for chain ${signedFor}, not for ${chainId}`,
      {
        hint: "Use the database of this chain, or the node of the other one",
      },
    )
  }
}

const DEAF: Alerts = { raise() {}, resolve() {} }
