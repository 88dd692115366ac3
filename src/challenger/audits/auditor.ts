import { type Result, ZeroAddress, hexlify, zeroPadValue } from "ethers"
import type { Audits } from "../../../types/contracts/index.js"
import { callAt } from "../../chain/at-block.ts"
import type { Chain } from "../../chain/provider.ts"
import { ToldLogs } from "../../chain/told-logs.ts"
import { Priority, type Transactions } from "../../chain/transactions/transactions.ts"
import { commit } from "../../engine/trace/commitment.ts"
import { DIRECT } from "../../protocol/batch.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import { drawCall, refuteCall, settleAuditCall, vouchCall } from "../../sdk/audits/calls.ts"
import type { Call } from "../../sdk/calls.ts"
import { Fault } from "../../sdk/fault.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Log } from "../../service/log.ts"
import { isOutage, oneByOne } from "../../service/one-by-one.ts"
import { Retries } from "../../service/retries.ts"
import type { Known } from "../book.ts"
import type { Checker } from "../check.ts"
import { AtHead } from "../play/at-head.ts"
import type { Contracts } from "../play/contracts.ts"
import { type View, timeOf } from "../view.ts"
import { type Drawn, leafOf, seatsOf } from "./draw.ts"
import { headerOf } from "./header.ts"
import { Report, next } from "./next.ts"
import { OpenDemands } from "./open-demands.ts"

/** Of funds with more audits than that, only those are looked at that a seat of the account has a turn for. */
const MOST_AUDITS = 256
/** Blocks for which a header can be shown at least. */
const HISTORY = 8_191

/** Seconds after a draw for which receipts are at hand. */
const KEPT = 90n * 86_400n

export interface AuditorOptions {
  readonly chain: Chain
  readonly contracts: Contracts
  readonly audits: Audits
  /** The account that has the seats. */
  readonly me: string
  /** The receipt at a place of what is anchored under an id: a batch, or a receipt that was attested by itself. */
  readonly receiptAt: (lockId: string, index: number) => Promise<Known | undefined>
  readonly checker: Pick<Checker, "runOf">
  readonly transactions: Transactions
  /** Whether to draw what nobody has drawn: it costs gas and brings nothing by itself. */
  readonly draws: boolean
  /** Token units: audits that pay less are left alone. */
  readonly minFee: bigint
  /** The first block that the contract can have events in. */
  readonly fromBlock: number
  /** Told of receipts whose answers are not what this machine has computed: they are to be checked. */
  readonly onMismatch: (known: Known) => void
  readonly log: Log
}

/** A fund as the chain shows it. Times are on the registry's clock. */
interface Fund extends Drawn {
  readonly id: bigint
  readonly lockId: string
  readonly fee: bigint
  readonly drawBlock: bigint
  readonly drawnAt: bigint
  readonly turn: bigint
  readonly refundAt: bigint
}

/** Takes part in audits with the seats that an account has: vouches for what it has run, and for nothing else. */
export class Auditor {
  readonly #options: AuditorOptions
  readonly #me: string
  readonly #retries = new Retries()
  readonly #demands: OpenDemands
  /** Roots of runs of this machine that receipts commit to; undefined for those that commit to something else. */
  readonly #roots = new Map<string, string | undefined>()
  /** Funds that nothing follows from any more. */
  readonly #closed = new Set<bigint>()
  /** Receipts that audits are about, by fund and number. */
  readonly #drawn = new Map<string, Known>()
  /** Audits that were paid. */
  readonly #settled = new Set<string>()
  #funded: ToldLogs | undefined
  #seats: ToldLogs | undefined

  constructor(options: AuditorOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
    this.#demands = new OpenDemands(options.chain, options.contracts, options.fromBlock)
  }

  /** Goes on with all audits as of a head. Called now and then, and never twice at the same time. */
  async tick(view: View): Promise<void> {
    const seats = await this.#ownSeats(view)
    if (seats.size === 0) return
    for (const id of await this.#funds(view)) {
      const name = `fund:${id}`
      if (this.#retries.waits(name, timeOf(view))) continue
      try {
        await this.#go(id, seats, view)
        this.#retries.forget(name)
      } catch (error) {
        if (isOutage(error) || isOnusError(error, "BlockUnknown")) throw error
        this.#retries.postpone(name, timeOf(view))
        this.#options.log.warn({ fund: String(id), error }, "An audit cannot be gone on with now")
      }
    }
  }

  /** Numbers of seats that the account ever had: what it has vouched for is settled also when it has left. */
  async #ownSeats({ head }: View): Promise<ReadonlySet<bigint>> {
    const { chain, audits, fromBlock } = this.#options
    const topics = [audits.interface.getEvent("SeatTaken").topicHash, null, zeroPadValue(this.#me, 32)]
    this.#seats ??= new ToldLogs(chain, { addresses: [await audits.getAddress()], topics }, fromBlock)
    return new Set((await this.#seats.upTo(head)).map((log) => BigInt(log.topics[1])))
  }

  async #funds({ head }: View): Promise<readonly bigint[]> {
    const { chain, audits, fromBlock } = this.#options
    const { topicHash } = audits.interface.getEvent("AuditsFunded")
    const filter = { addresses: [await audits.getAddress()], topics: [topicHash] }
    this.#funded ??= new ToldLogs(chain, filter, fromBlock)
    const ids = (await this.#funded.upTo(head)).map(({ topics }) => BigInt(topics[1]))
    return ids.filter((id) => !this.#closed.has(id))
  }

  async #go(id: bigint, own: ReadonlySet<bigint>, view: View): Promise<void> {
    const [told] = await this.#ask(view, "fundOf", id)
    const fund = fundOf(id, told as Result)
    const { refundAt, fee, seed, audits, drawnAt } = fund
    // What nobody reported goes back then; what the account has vouched for is its own however long it was away.
    const isOver = refundAt === 0n || view.clock > refundAt
    const isForgotten = seed === 0n ? isOver : view.clock > drawnAt + KEPT
    if (isForgotten || fee < this.#options.minFee) return void this.#closed.add(id)
    if (seed === 0n) return this.#draw(fund, view)
    const numbers = [...Array(Number(audits)).keys()].filter((number) => {
      const isTurn = seatsOf(fund, BigInt(number)).some((seat) => own.has(seat))
      return (isTurn || (!isOver && audits <= MOST_AUDITS)) && !this.#settled.has(nameOf(fund, number))
    })
    // One answer that cannot be run must not keep the account from vouching for others.
    const left: number[] = []
    await oneByOne(numbers, async (number) => {
      if (await this.#audit(fund, number, view)) left.push(number)
    })
    if (isOver && left.length === 0) this.#closed.add(id)
  }

  async #draw({ id, drawBlock }: Fund, view: View): Promise<void> {
    const { chain, audits, draws, log } = this.#options
    const { number } = view.head.latest
    if (!draws || number <= Number(drawBlock)) return
    if (number > Number(drawBlock) + HISTORY) return void this.#closed.add(id)
    const header = await headerOf(chain, Number(drawBlock))
    if (header === undefined) {
      log.warn({ fund: String(id), block: Number(drawBlock) }, "The header of a block cannot be put together")
      return
    }
    await this.#send(`draw:${id}`, "draw", () => drawCall(audits, id, header), view)
  }

  /** @returns whether something can follow from it still. */
  async #audit(fund: Fund, number: number, view: View): Promise<boolean> {
    const { contracts, chain, audits, log } = this.#options
    const known = await this.#receiptOf(fund, number, view)
    if (!known) return true
    const { receipt } = known.signed
    const inclusion = known.inclusion ?? DIRECT
    const at = new AtHead(chain, contracts, view.head.latest)
    const [[, auditor], [report], place, payouts, isAsked] = await Promise.all([
      this.#ask(view, "onTurn", fund.id, number),
      this.#ask(view, "auditOf", fund.id, known.id),
      at.place(receipt, inclusion),
      at.payouts("WrongExecution", [receipt]),
      at.isAsked(known.id),
    ])
    const said = report as { readonly report: bigint; readonly seat: bigint; readonly seatSince: bigint }
    const [due] = payouts
    const isConvicted =
      due.challenger !== ZeroAddress && due.fault === FAULTS[Fault.WrongExecution] && !due.isReturned
    const facts = {
      me: this.#me,
      clock: view.clock,
      report: Number(said.report) as Report,
      onTurn: (auditor as string).toLowerCase(),
      isOwnSeat: said.seatSince !== 0n && (await this.#isOwn(said.seat, said.seatSince, view)),
      isOpen: place?.isOpen ?? false,
      isAsked,
      conviction: isConvicted ? { challenger: due.challenger, maturesAt: due.maturesAt } : undefined,
      opinion: this.#opinionOf(known),
    }
    if (facts.report === Report.Settled) {
      this.#forget(fund, number, known)
      return false
    }
    let step = next(facts)
    if (step.kind === "run") {
      await this.#run(known)
      step = next({ ...facts, opinion: this.#opinionOf(known) })
    }
    const about = { fund: fund.id, number }
    if (step.kind === "vouch") {
      const root = this.#roots.get(known.id)!
      log.info(
        { fund: String(fund.id), receipt: known.id },
        "This machine has run a drawn answer: it is right",
      )
      const vouch = () => vouchCall(audits, about, receipt, inclusion, root)
      // The turn that it is now is over then.
      const turn = (view.clock - fund.drawnAt) / fund.turn
      const deadline = timeOf(view) + Number(fund.drawnAt + (turn + 1n) * fund.turn - view.clock)
      await this.#send(`vouch:${fund.id}:${number}`, "vouch", vouch, view, deadline)
    }
    if (step.kind === "answer") await this.#answer(known, view)
    if (step.kind === "refute")
      await this.#send(
        `refute:${fund.id}:${known.id}`,
        "refute",
        () => refuteCall(audits, about, receipt, inclusion),
        view,
      )
    if (step.kind === "settle")
      await this.#send(
        `audit:${fund.id}:${known.id}`,
        "settle",
        () => settleAuditCall(audits, fund.id, receipt, inclusion),
        view,
      )
    const isOwn = facts.isOwnSeat || facts.conviction?.challenger === this.#me
    return facts.report !== Report.None && isOwn
  }

  /** Answers in a provider's place, before its silence costs the seat. */
  async #answer(known: Known, view: View): Promise<void> {
    const { checker, log } = this.#options
    for (const { questionId, deadline, call } of await this.#demands.owed(known, view)) {
      log.warn({ receipt: known.id, questionId }, "A provider answers nothing about what was vouched for")
      const answer = async () => call(await checker.runOf(known))
      await this.#send(`answer:${known.id}:${questionId}`, "answer", answer, view, deadline, Priority.Defence)
    }
  }

  /** The receipt that an audit is about. Whoever has to be asked for it is asked seldom. */
  async #receiptOf(fund: Fund, number: number, view: View): Promise<Known | undefined> {
    const name = nameOf(fund, number)
    const before = this.#drawn.get(name)
    if (before) return before
    if (this.#retries.waits(name, timeOf(view))) return undefined
    const found = await this.#options.receiptAt(fund.lockId, leafOf(fund, BigInt(number)))
    if (found) this.#drawn.set(name, found)
    else this.#retries.postpone(name, timeOf(view))
    return found
  }

  #opinionOf({ id, signed }: Known): "ours" | "unknown" | "barred" {
    const { traceCommitment: committed, coverage } = signed.receipt
    // Nobody can be convicted at the cost of such a receipt, or its root cannot be shown.
    if (BigInt(committed) === 0n || coverage === 0n) return "barred"
    if (!this.#roots.has(id)) return "unknown"
    return this.#roots.get(id) === undefined ? "barred" : "ours"
  }

  /** Runs an answer, and compares everything that its receipt commits to. */
  async #run(known: Known): Promise<void> {
    const { checker, log, onMismatch } = this.#options
    const { registry, receipt } = known.signed
    const { inputRoot, traceRoot, outputRoot } = commit(await checker.runOf(known))
    const isOurs =
      receipt.inputCommitment === inputRoot &&
      receipt.outputCommitment === outputRoot &&
      receipt.traceCommitment === traceCommitment(registry, receipt, traceRoot)
    this.#roots.set(known.id, isOurs ? hexlify(traceRoot) : undefined)
    if (isOurs) return
    log.warn({ receipt: known.id }, "A drawn answer is not what this machine has computed")
    onMismatch(known)
  }

  #forget(fund: Fund, number: number, known: Known): void {
    this.#settled.add(nameOf(fund, number))
    this.#drawn.delete(nameOf(fund, number))
    this.#roots.delete(known.id)
  }

  async #isOwn(seat: bigint, since: bigint, view: View): Promise<boolean> {
    const [told] = await this.#ask(view, "seatOf", seat)
    const { auditor, since: taken } = told as { readonly auditor: string; readonly since: bigint }
    return auditor.toLowerCase() === this.#me && taken === since
  }

  async #send(
    key: string,
    kind: string,
    building: () => Promise<Call>,
    view: View,
    deadline?: number,
    priority: Priority = Priority.Claim,
  ): Promise<void> {
    const { transactions, log } = this.#options
    const outcome = await transactions.outcomeOf(key)
    if (outcome?.state === "confirmed") return
    if (outcome) {
      if (!this.#retries.isDue(key, timeOf(view))) return
      this.#retries.postpone(key, timeOf(view))
      log.warn({ key, ...outcome }, "An audit's transaction was refused: it is tried again")
      await transactions.forget(key)
    }
    const timed = deadline === undefined ? {} : { deadline }
    await transactions.submit({ ...(await building()), ...timed, key, kind, priority })
    failpoint(`audit-${kind}`)
  }

  async #ask(view: View, name: string, ...values: unknown[]): Promise<readonly unknown[]> {
    const { chain, audits } = this.#options
    return [...(await callAt(chain, audits, view.head.latest, name, values))] as unknown[]
  }
}

function fundOf(id: bigint, told: Result): Fund {
  const { lockId, fee, seed, drawBlock, drawnAt, turn, audits, count, seats, refundAt } =
    told.toObject() as Omit<Fund, "id" | "seed"> & { readonly seed: string }
  return { id, lockId, fee, seed: BigInt(seed), drawBlock, drawnAt, turn, audits, count, seats, refundAt }
}

/** Names an audit by its draw: a reorganisation may draw anew. */
const nameOf = ({ seed }: Fund, number: number): string => `${seed}:${number}`

const FAULTS = Object.keys(Fault) as (keyof typeof Fault)[]
