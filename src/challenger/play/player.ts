import { formatEther } from "ethers"
import type { Node } from "../../chain/at-block.ts"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Alerts } from "../../service/alerts.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Log } from "../../service/log.ts"
import { isOutage } from "../../service/one-by-one.ts"
import { Retries } from "../../service/retries.ts"
import type { Accusation, Book, Case, Known } from "../book.ts"
import type { Estimate, Player } from "../play.ts"
import { estimate, refusalOf } from "../value/estimate.ts"
import type { SpendPolicy } from "../value/policy.ts"
import { rewardOf } from "../value/reward.ts"
import { type View, timeOf } from "../view.ts"
import { AtHead } from "./at-head.ts"
import type { Bonds } from "./bonds.ts"
import type { Contracts } from "./contracts.ts"
import type { CaseFiles } from "./files.ts"
import type { Game, Look, Outlook } from "./look.ts"
import type { Ending } from "./move.ts"
import { notesOf } from "./notes.ts"
import { Purse, type Sums } from "./purse.ts"
import type { Responder } from "./responder.ts"
import type { Remainder, Spoils } from "./spoils.ts"

/** Cases that are looked at with one head, and at the same time. */
const PER_TICK = 500
const AT_ONCE = 8
/** Seconds between two looks at what waits for the end of its escrow. */
const REST = 60

export interface CasePlayerOptions {
  readonly book: Pick<Book, "cases" | "find" | "noteCase">
  readonly node: Node
  readonly contracts: Contracts
  readonly games: Readonly<Record<Accusation, Game>>
  readonly responder: Pick<Responder, "ensure">
  readonly spoils: Pick<Spoils, "look">
  readonly bonds: Bonds
  readonly files: CaseFiles
  readonly policy: SpendPolicy
  /** The stake token: units of a whole one, and how an amount is shown. */
  readonly token: { readonly unit: bigint; show(units: bigint): string }
  /** Tells what it would do, and does nothing. */
  readonly isDry: boolean
  readonly log: Log
  readonly alerts: Alerts
}

/** An ending that was seen, and since which block. */
interface Seen extends Ending {
  readonly block: number
}

/**
 * Sees cases through. Everything is read from the chain with every head, and what is to be done follows from that alone, so that a
 * case goes on where it was whatever has happened to the program, to the chain, or by the hands of others.
 */
export class CasePlayer implements Player {
  readonly #options: CasePlayerOptions
  readonly #retries = new Retries()
  readonly #endings = new Map<string, Seen>()
  /** When cases are looked at again that only time can go on with, in Unix seconds of the chain. */
  readonly #rests = new Map<string, number>()
  readonly #purse = new Purse()
  /** Cases whose plan was told, where nothing is sent. */
  readonly #planned = new Set<string>()
  /** What was said last of each case. */
  readonly #said = new Map<string, string>()

  constructor(options: CasePlayerOptions) {
    this.#options = options
  }

  async tick(view: View): Promise<void> {
    const { book } = this.#options
    const at = new AtHead(this.#options.node, this.#options.contracts, view.head.latest)
    const cases = [...(await book.cases("open", PER_TICK)), ...(await book.cases("won", PER_TICK))]
    const now = timeOf(view)
    const due = cases.filter(({ id }) => !this.#retries.waits(id, now) && (this.#rests.get(id) ?? 0) <= now)
    due.sort((a, b) => a.deadline - b.deadline)
    let failure: PromiseRejectedResult | undefined
    for (let i = 0; i < due.length; i += AT_ONCE) {
      const some = due.slice(i, i + AT_ONCE).map((one) => this.#attempt(one, at, view))
      const failed = (await Promise.allSettled(some)).filter((result) => result.status === "rejected")
      failure ??= failed[0]
      // What a node refuses about one case must not keep those from their turn that have more time left.
      if (failed.length === AT_ONCE) break
    }
    if (failure) throw failure.reason
  }

  /** One case that cannot be gone on with must not keep the others. */
  async #attempt(accusation: Case, at: AtHead, view: View): Promise<void> {
    const { log, alerts } = this.#options
    const { id, deadline } = accusation
    try {
      await this.#go(accusation, at, view)
      this.#retries.forget(id)
      alerts.resolve("CaseStuck", id)
    } catch (error) {
      // A node that has not got so far says nothing about the case.
      if (isOutage(error) || isOnusError(error, "BlockUnknown")) throw error
      this.#retries.postpone(id, timeOf(view), deadline - Number(view.clock))
      log.warn({ case: id, error }, "A case cannot be gone on with now: it is tried again")
      const message = error instanceof Error ? error.message : String(error)
      alerts.raise({
        code: "CaseStuck",
        severity: "warning",
        subject: id,
        message: `Case ${id} cannot be gone on with: ${message}. It is tried again until ${deadline} on the registry's clock; look at what it needs`,
      })
    }
  }

  async #go(accusation: Case, at: AtHead, view: View): Promise<void> {
    const { book, games, spoils, responder, isDry } = this.#options
    const known = await book.find(accusation.receiptId)
    if (!known) throw new OnusError("ReceiptUnknown", `Receipt ${accusation.receiptId} is not in the book`)
    const look = await games[accusation.accusation].look(accusation, known, at, view)
    const remainder = await spoils.look(accusation, known, look, at, view)
    const isWanted = await this.#play(accusation, known, look, view)
    for (const move of remainder.moves) await responder.ensure(accusation.id, known.id, move, view)
    if (isDry || !isWanted) return
    this.#purse.note(accusation, look, remainder, view)
    await this.#conclude(accusation, look, remainder, view)
  }

  /** Makes the moves of the accusation itself; false if it was not worth its while. */
  async #play(accusation: Case, known: Known, look: Look, view: View): Promise<boolean> {
    const { step } = look
    if (step.kind === "wait") this.#tell(accusation, step.reason)
    if (step.kind !== "moves") return true
    this.#endings.delete(accusation.id)
    if (!(await this.#isApproved(accusation, look, view))) return false
    for (const move of step.moves) {
      this.#tell(accusation, move.why)
      await this.#options.responder.ensure(accusation.id, known.id, move, view)
    }
    return true
  }

  /** Whether a case is worth it: asked once, before anything is spent. */
  async #isApproved(accusation: Case, { outlook }: Look, view: View): Promise<boolean> {
    const { policy, token, log, book, isDry } = this.#options
    if (!outlook || notesOf(accusation).approved || this.#planned.has(accusation.id)) return true
    const expected = await this.estimate(await outlook(), view)
    const shown = this.#shown(expected)
    const refusal = refusalOf(expected, policy, (units) => token.show(units))
    log.info({ case: accusation.id, ...shown }, refusal ?? "The case is worth its while")
    if (isDry) {
      this.#planned.add(accusation.id)
      return refusal === undefined
    }
    if (refusal !== undefined) {
      await this.#end(accusation, { state: "dropped", reason: `${refusal} (${JSON.stringify(shown)})` })
      return false
    }
    await book.noteCase(accusation.id, { notes: JSON.stringify({ approved: shown }) })
    failpoint("play-approved")
    return true
  }

  /** What there is in bonds and rewards, and which move is next, for metrics. */
  async sums(): Promise<Sums> {
    return this.#purse.sums(await this.#options.bonds.sums())
  }

  /** What a case is expected to bring, as of a head. */
  async estimate(outlook: Outlook, view: View): Promise<Estimate> {
    const { policy, token, node, contracts } = this.#options
    const { way, provider, left: bond, gas } = outlook
    const stake = await new AtHead(node, contracts, view.head.latest).stake(provider)
    const reward = outlook.reward ?? rewardOf({ ...stake, ...outlook }, BigInt(timeOf(view)))
    return estimate({ way, reward, bond, gas }, policy, view.baseFee, token.unit)
  }

  #shown({ way, reward, bond, gas, cost, probability, value }: Estimate): Readonly<Record<string, string>> {
    return {
      way,
      reward: this.#options.token.show(reward),
      bond: `${formatEther(bond)} ether`,
      gas: String(gas),
      cost: `${formatEther(cost)} ether`,
      probability: String(probability),
      ...(value === undefined ? {} : { value: `${formatEther(value)} ether` }),
    }
  }

  /** Writes what is known of the case; that it has ended, when no reorganisation can change it. */
  async #conclude(accusation: Case, look: Look, remainder: Remainder, view: View): Promise<void> {
    const { book, bonds } = this.#options
    const { step, deadline } = look
    const { id } = accusation
    const isWon = step.kind === "over" && step.state === "won"
    const state = isWon ? "won" : "open"
    const isOld = deadline === undefined || deadline === accusation.deadline
    if (!isOld || state !== accusation.state)
      await book.noteCase(id, { state, ...(isOld ? {} : { deadline }) })
    if (isWon && !remainder.isDone && remainder.moves.length === 0) this.#rests.set(id, timeOf(view) + REST)
    if (step.kind === "over" && !remainder.isDone)
      this.#tell(accusation, `${step.reason}: what was left or won is still to be had`)
    if (step.kind !== "over" || !remainder.isDone) return void this.#endings.delete(id)
    const ending: Ending = { state: step.state === "won" ? "paid" : step.state, reason: step.reason }
    const before = this.#endings.get(id)
    const block = before?.state === ending.state ? before.block : view.head.latest.number
    this.#endings.set(id, { ...ending, block })
    if (view.head.final < block)
      return this.#tell(accusation, `${ending.reason}: it is over when that is final`)
    for (const { bond, state: became } of remainder.ended)
      await (became === "never" ? bonds.drop(bond.id) : bonds.mark(bond.id, became))
    if (step.isContradiction) this.#contradicted(accusation, step.reason)
    await this.#end(accusation, ending)
  }

  /** The referee is right by definition: this machine is to accuse nobody until it is known why it computes something else. */
  #contradicted({ id }: Case, reason: string): void {
    this.#options.alerts.raise({
      code: "RefereeDisagrees",
      severity: "critical",
      subject: id,
      message: `Case ${id}: ${reason}, and this machine has computed otherwise. Stop it, and find out why before it accuses anybody else`,
    })
  }

  async #end(accusation: Case, { state, reason }: Ending): Promise<void> {
    const { book, files, log, alerts } = this.#options
    const { id } = accusation
    const lost = (await this.#options.bonds.ofCase(id)).filter((bond) => bond.state === "lost")
    const wei = lost.reduce((sum, { amount }) => sum + amount, 0n)
    if (state === "lost" || wei > 0n)
      alerts.raise({
        code: "DisputeLost",
        severity: "critical",
        subject: id,
        message: `Case ${id} ended otherwise than this challenger has computed: ${reason}. ${formatEther(wei)} ether of bonds are lost. Find out which machine is wrong before it goes on`,
      })
    await book.noteCase(id, { state: wei > 0n && state !== "paid" ? "lost" : state, reason })
    failpoint("play-ended")
    await files.clear(id)
    this.#purse.forget(id)
    this.#rests.delete(id)
    this.#endings.delete(id)
    this.#said.delete(id)
    log.info({ case: id, state, reason }, "A case has ended")
  }

  /** Says where a case is, when that changes. */
  #tell({ id }: Case, reason: string): void {
    if (this.#said.get(id) === reason) return
    this.#said.set(id, reason)
    this.#options.log.info({ case: id }, reason)
  }
}
