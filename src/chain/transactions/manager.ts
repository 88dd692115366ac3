import { OnusError } from "../../protocol/errors.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Head } from "../heads.ts"
import { begin } from "./begin.ts"
import { type Context, type Counted, type DoneCheck, tolerate } from "./context.ts"
import { fill } from "./fill.ts"
import { type Market, readMarket } from "./fees.ts"
import { readFunds } from "./funds.ts"
import { FILLER, checked } from "./intents.ts"
import { maintain } from "./maintain.ts"
import { Nonces } from "./nonces.ts"
import { type Pending, holdsUp, toPending } from "./pending.ts"
import { isUrgent } from "./policy.ts"
import { settle } from "./settle.ts"
import type { Intent, Outcome, Transactions } from "./transactions.ts"
import { type Work, heldNonces, hurried } from "./work.ts"

/** Hears what became of an intent, after that is on the disk. */
export type OutcomeListener = (intent: Intent, outcome: Outcome) => void

/**
 * Sends what it is given, once, whatever happens to the program, the node and the chain. `openTransactions` makes one.
 *
 * An intent is on the disk before it is simulated; a transaction is on the disk before it is sent; an outcome is told when its block
 * is final. Between these nothing is concluded from what a node says about a transaction, only from what is in blocks.
 */
export class TransactionManager implements Transactions {
  readonly #context: Context
  readonly #listeners = new Set<OutcomeListener>()
  readonly #waiters = new Set<() => void>()
  /** Taken while everything is read anew: what was read may lack it. */
  readonly #fresh = new Set<Work>()
  #head: Head | undefined
  #confirmed: number | undefined
  /** The last run that was asked for, and the one of those that has not begun. */
  #last: Promise<void> = Promise.resolve()
  #queued: Promise<void> | undefined
  #isClosed = false

  constructor(context: Omit<Context, "finish">) {
    this.#context = Object.assign(context, {
      finish: async (...[work, outcome]: Parameters<Context["finish"]>) => {
        const { intent, slot } = work
        await context.ledger.finish(intent.key, outcome)
        context.works.delete(intent.key)
        if (slot?.account === context.account) context.nonces.used(slot.nonce)
        context.log.info({ key: intent.key, ...outcome }, "An intent is finished")
        if (intent.kind === FILLER) await context.ledger.forget(intent.key)
        else this.#tell(intent, outcome)
      },
    })
  }

  /**
   * Takes an intent, durably. If it is on its way already, it becomes as urgent as this one says, if that is more.
   *
   * @throws OnusError `IntentInvalid`, and those of the database: then it was not taken, or is not known to be.
   */
  async submit(intent: Intent): Promise<void> {
    const { ledger, works } = this.#context
    const wanted = checked(intent)
    const added = await ledger.add(wanted, this.#head?.latest.timestamp)
    if (added) {
      failpoint("tx-intent")
      this.#fresh.add(added)
      if (!works.has(wanted.key)) works.set(wanted.key, added)
      return
    }
    const work = works.get(wanted.key)
    const hurry = work && hurried(work.intent, wanted)
    if (!hurry || (hurry.priority === work.intent.priority && hurry.deadline === work.intent.deadline)) return
    await ledger.hurry(hurry)
    work.intent = hurry
  }

  async outcomeOf(key: string): Promise<Outcome | undefined> {
    return this.#context.ledger.outcomeOf(key)
  }

  async knows(key: string): Promise<boolean> {
    return this.#context.ledger.has(key)
  }

  /** @throws OnusError `IntentUnfinished` as long as it is on its way. */
  async forget(key: string): Promise<void> {
    if (await this.#context.ledger.forget(key)) return
    throw new OnusError("IntentUnfinished", `Intent ${key} is on its way`, {
      hint: "Wait for its outcome: a transaction of it may still get into a block",
    })
  }

  /** Deletes from the disk what nothing needs any more. Outcomes stay until they are forgotten: see `forget`. */
  async prune(): Promise<void> {
    await this.#context.ledger.prune()
  }

  /**
   * Goes on with everything as of a head: to be called with every new one, and now and then with the same. Calls queue up, and the
   * last head of those that wait counts.
   *
   * Errors of nodes and signers are counted, and what they were about is tried again.
   *
   * @throws what the database throws: it is read anew before anything else is done.
   */
  tick(head: Head): Promise<void> {
    this.#head = head
    const run = (): Promise<void> => {
      this.#queued = undefined
      return this.#run()
    }
    return (this.#queued ??= this.#last = this.#last.then(run, run))
  }

  /** What is on its way, for metrics. */
  pending(): readonly Pending[] {
    return [...this.#context.works.values()].map(toPending)
  }

  /** How often things happened since it was opened, for metrics. */
  get counts(): ReadonlyMap<Counted, number> {
    return this.#context.counts
  }

  /** What gas costs, in wei, as last read. */
  get market(): Market | undefined {
    return this.#context.market
  }

  /** Wei of the account, as last read. */
  get balance(): bigint | undefined {
    return this.#context.balance
  }

  /** Transactions of the account in the latest block, and the next nonce to sign with; undefined before the chain was read. */
  get nonces(): { readonly confirmed: number; readonly next: number } | undefined {
    const { works, account } = this.#context
    if (this.#confirmed === undefined) return undefined
    const held = [...heldNonces(works.values(), account)]
    return { confirmed: this.#confirmed, next: Math.max(this.#confirmed, ...held.map((nonce) => nonce + 1)) }
  }

  /** Hears of every outcome. Returns what ends that. */
  onOutcome(listener: OutcomeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Names how to find out whether what intents of a kind are for is on the chain already. It is asked before one is signed that may
   * have been sent before: somebody else used its nonce, or this program was started anew, perhaps from an older copy of its database.
   */
  checkDone(kind: string, check: DoneCheck): void {
    this.#context.doneChecks.set(kind, check)
  }

  /**
   * Resolves when nothing is left that a program should wait for before it ends: what was sent is in a block, and every answer to a
   * challenge. The rest waits on the disk for the next start. Ticks must go on meanwhile.
   */
  idle(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.add(resolve))
  }

  /** Ends: waits for what is being done, and does nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last.catch(() => {})
  }

  async #run(): Promise<void> {
    if (this.#isClosed) return
    try {
      await this.#advance(this.#head!)
    } finally {
      if (!this.#isBusy()) this.#release()
    }
  }

  async #advance(head: Head): Promise<void> {
    const context = this.#context
    if (context.ledger.isStale) await this.#load()
    await this.#date(head)
    const counts = await tolerate(context, "The count of transactions could not be read", () =>
      settle(context, head),
    )
    if (!counts) return
    this.#confirmed = counts.get(context.account)
    await tolerate(context, "The balance could not be read", () => readFunds(context))
    const market = await tolerate(context, "The price of gas could not be read", () =>
      readMarket(context.chain),
    )
    // Without knowing what there is to spend and what things cost, what is signed is kept going, and no more.
    context.market = market ?? context.market
    const isKnown = market !== undefined && context.balance !== undefined
    await maintain(context, head, counts, isKnown ? market : undefined)
    if (!isKnown) return
    await begin(context, head, market)
    await tolerate(context, "A gap in the nonces could not be filled", () =>
      fill(context, head, counts, market),
    )
    this.#reportGas(head, market)
  }

  /** Reads everything from the disk, at the start and when it is not known whether something was written. */
  async #load(): Promise<void> {
    const { ledger, account, works: known } = this.#context
    this.#fresh.clear()
    const { works, nextNonce } = await ledger.load(account)
    const before = [...known.values()]
    this.#context.nonces = new Nonces(nextNonce)
    known.clear()
    for (const work of [...this.#fresh, ...works]) known.set(work.intent.key, work)
    for (const { intent } of before.filter(({ intent: { key } }) => !known.has(key))) {
      const outcome = await ledger.outcomeOf(intent.key)
      if (outcome) this.#tell(intent, outcome)
    }
  }

  async #date({ latest: { timestamp } }: Head): Promise<void> {
    const undated = [...this.#context.works.values()].filter(({ since }) => since === undefined)
    if (undated.length === 0) return
    await this.#context.ledger.date(
      undated.map(({ intent }) => intent.key),
      timestamp,
    )
    for (const work of undated) work.since = timestamp
  }

  /** Tells when something urgent cannot pay what the chain asks. */
  #reportGas(head: Head, { base }: Market): void {
    const { works, policy, alerts, account } = this.#context
    const held = [...works.values()].filter(
      ({ intent, since, waiting }) =>
        waiting === "gas" && isUrgent({ ...intent, since }, head.latest.timestamp, policy),
    )
    if (held.length === 0) return alerts.resolve("GasAboveCap", account)
    alerts.raise({
      code: "GasAboveCap",
      severity: "critical",
      message: `${held.length} urgent transactions wait: gas costs ${base} wei, the hard cap is ${policy.caps.defence}. Raise the cap before the deadline`,
      subject: account,
      details: { base: String(base), key: held[0].intent.key, deadline: held[0].intent.deadline ?? 0 },
    })
  }

  #tell(intent: Intent, outcome: Outcome): void {
    for (const listener of this.#listeners) {
      try {
        listener(intent, outcome)
      } catch (error) {
        this.#context.log.error({ key: intent.key, error: String(error) }, "A listener failed")
      }
    }
  }

  #isBusy(): boolean {
    return this.pending().some(holdsUp)
  }

  #release(): void {
    for (const resolve of this.#waiters) resolve()
    this.#waiters.clear()
  }
}
