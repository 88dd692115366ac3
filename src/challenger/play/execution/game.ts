import { ZeroAddress, ZeroHash, id, keccak256 } from "ethers"
import { type Position, Solver, isOverdue } from "../../../engine/audit/game/solve.ts"
import { questionId } from "../../../engine/audit/game/question.ts"
import { DIRECT, type Inclusion, batchId } from "../../../protocol/batch.ts"
import { OnusError } from "../../../protocol/errors.ts"
import { DEMAND_GAS, bondAt } from "../../../sdk/bond.ts"
import { convictCall } from "../../../sdk/calls.ts"
import { unixTime } from "../../../sdk/chain-time.ts"
import { advanceCall, commitCall, demandCall, precedeCall } from "../../../sdk/game/calls.ts"
import { commitmentTo, questionEvidence } from "../../../sdk/game/commit.ts"
import { withheldEvidence } from "../../../sdk/game/convict.ts"
import type { Accused } from "../../../sdk/game/court.ts"
import type { Demand } from "../../../sdk/game/read.ts"
import type { Book, Case, Known } from "../../book.ts"
import { askingGas, roundsOf } from "../../value/gas.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead, Payout, Place } from "../at-head.ts"
import { type Bonds, bondId } from "../bonds.ts"
import type { Contracts } from "../contracts.ts"
import type { Game, Look, Outlook } from "../look.ts"
import { type Move, over, wait } from "../move.ts"
import type { Positions } from "../positions.ts"
import { proofId, proofIfProvable } from "../proof.ts"
import type { Salts } from "../salts.ts"
import type { ExecutionEvidence, Grounds } from "./evidence.ts"
import { type Act, type Facts, type Plan, next } from "./next.ts"

export interface ExecutionGameOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
  readonly book: Pick<Book, "findBatch">
  readonly positions: Pick<Positions, "of">
  readonly evidence: ExecutionEvidence
  readonly salts: Salts
  readonly bonds: Pick<Bonds, "ofCase" | "find" | "note">
  /** The first block that the registry can have events in. */
  readonly fromBlock: number
}

/** What the deciding part needs besides the facts, to make a transaction of it. */
interface Table {
  readonly accused: Accused
  readonly receiptId: string
  readonly view: View
  readonly at: AtHead
  readonly place: Place | undefined
  readonly plan: Plan
  readonly evidence: string | undefined
  readonly known: Known
}

/** Plans that are remembered: finding one takes a run with everything kept. */
const MOST_PLANS = 200

/** Disputes about traces, served or hidden. */
export class ExecutionGame implements Game {
  readonly #options: ExecutionGameOptions
  readonly #me: string
  /** By case: what was known when it was made. */
  readonly #plans = new Map<string, { readonly of: string; readonly plan: Plan }>()

  constructor(options: ExecutionGameOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  async look(accusation: Case, known: Known, at: AtHead, view: View): Promise<Look> {
    const { receipt } = known.signed
    const payouts = await at.payouts("WrongExecution", [receipt])
    const common = { fault: "WrongExecution", receipts: [receipt], payouts } as const
    const mine = payouts.find((one) => one.challenger === this.#me && one.fault === "WrongExecution")
    if (mine) {
      const step = mine.isReturned ? over("lost", GIVEN_BACK) : over("won", "It is convicted")
      return { ...common, step, deadline: undefined }
    }
    const inclusion = known.inclusion ?? (known.isAttested ? DIRECT : undefined)
    if (!inclusion) return { ...common, ...unanchored(known, view) }
    const place = await at.place(receipt, inclusion)
    const bonds = await this.#options.bonds.ofCase(accusation.id)
    if (place && !place.isOpen) {
      const step = over(bonds.length > 0 ? "lost" : "dropped", "Its window is over")
      return { ...common, step, deadline: undefined }
    }
    const grounds = await this.#options.evidence.groundsOf(accusation.id, known)
    if (grounds.verdict !== "mismatch") return { ...common, step: doubted(grounds), deadline: undefined }
    const plan = await this.#plan(accusation.id, known, inclusion, view)
    const table = await this.#table(known, inclusion, at, view, place, plan)
    const facts = await this.#facts(table, payouts, bonds.length > 0)
    const step = next(facts)
    const deadline = place && Number(place.end)
    if (step.kind === "wait" || step.kind === "over") return { ...common, step, deadline }
    if (step.kind === "unfit") {
      await this.#options.evidence.giveUp(accusation.id)
      this.#plans.delete(accusation.id)
      throw new OnusError(
        "ProofRefused",
        `The contract does not take the proof about receipt ${known.id}: ${step.code}`,
      )
    }
    const move = await this.#move(step, table)
    const outlook = () => this.#outlook(table, facts, grounds)
    return { ...common, step: { kind: "moves", moves: [move] }, deadline, outlook }
  }

  /** Where the dispute leads to: by the proof that is at hand, or by what was asked and answered. */
  async #plan(caseId: string, known: Known, inclusion: Inclusion, view: View): Promise<Plan> {
    const { evidence, positions } = this.#options
    const proof = await evidence.proof(caseId)
    if (proof) return { kind: "prove", proof }
    const { receipt, registry } = known.signed
    const { asked, postedRoot } = await positions.of(
      known.id,
      await this.#firstBlock(known, inclusion),
      view.head,
    )
    const position: Position = {
      registry,
      receipt,
      postedRoot,
      asked,
      time: view.clock,
      block: BigInt(view.head.latest.number),
    }
    await this.#adopt(caseId, known.id, asked, timeOf(view))
    const overdue = asked.filter((one) => isOverdue(one, position))
    // Whoever has asked is paid: the challenger's own question before anybody else's.
    const late = overdue.find(({ challenger }) => challenger.toLowerCase() === this.#me) ?? overdue[0]
    if (late) return { kind: "withheld", questionId: questionId(late.question) }
    const of = id(
      JSON.stringify([postedRoot ?? "", asked.map((one) => [one.questionId, one.shown !== undefined])]),
    )
    const remembered = this.#plans.get(caseId)
    if (remembered?.of === of) return remembered.plan
    const plan = await this.#solve(caseId, known, position)
    const [oldest] = this.#plans.keys()
    if (this.#plans.size >= MOST_PLANS && oldest !== undefined) this.#plans.delete(oldest)
    this.#plans.set(caseId, { of, plan })
    return plan
  }

  /** Bonds that the chain knows of and this disk does not: it may be a copy of an older one. */
  async #adopt(caseId: string, receiptId: string, asked: readonly Demand[], now: number): Promise<void> {
    const { bonds } = this.#options
    for (const { questionId: about, challenger, bond: amount } of asked) {
      if (challenger.toLowerCase() !== this.#me) continue
      const id = bondId(receiptId, about)
      if (await bonds.find(id)) continue
      await bonds.note({
        id,
        caseId,
        receiptId,
        questionId: about,
        intent: `demand:${id}`,
        amount,
        since: now,
      })
    }
  }

  async #solve(caseId: string, known: Known, position: Position): Promise<Plan> {
    const { evidence } = this.#options
    const run = await evidence.runOf(known)
    const move = new Solver(run).next(position)
    switch (move.kind) {
      case "agreement":
        return { kind: "agreement", reason: "Nothing that can be convicted differs" }
      case "prove": {
        const proof = proofIfProvable(run, move.commitment, move.step, move.element)
        if (typeof proof === "string") return { kind: "agreement", reason: proof }
        await evidence.keep(caseId, proof)
        return { kind: "prove", proof }
      }
      case "demandNode":
      case "demandChunk":
        return { kind: "ask", move, questionId: questionId(move.question) }
      default:
        return { kind: move.kind, questionId: questionId(move.question) }
    }
  }

  async #table(
    known: Known,
    inclusion: Inclusion,
    at: AtHead,
    view: View,
    place: Place | undefined,
    plan: Plan,
  ): Promise<Table> {
    const { receipt } = known.signed
    const header =
      plan.kind === "prove" ? plan.proof.header : (await this.#options.evidence.programOf(known)).header
    const accused = { receipt, inclusion, header }
    const evidence =
      plan.kind === "prove"
        ? plan.proof.evidence
        : plan.kind === "withheld"
          ? withheldEvidence(accused, plan.questionId)
          : undefined
    return { accused, receiptId: known.id, view, at, place, plan, evidence, known }
  }

  async #facts(table: Table, payouts: readonly Payout[], hasSpent: boolean): Promise<Facts> {
    const { contracts, salts } = this.#options
    const { plan, place, at, view, receiptId, evidence } = table
    const asked =
      plan.kind === "prove" ? plan.proof.questionId : plan.kind === "agreement" ? ZeroHash : plan.questionId
    const shows = evidence ?? questionEvidence(asked, salts.of(receiptId, asked))
    const hash = commitmentTo(receiptId, this.#me, shows)
    const terms = plan.kind === "prove" && plan.proof.uploads.length > 0
    const [demand, since, done] = await Promise.all([
      asked === ZeroHash ? undefined : at.demand(receiptId, asked),
      at.committedAt("judge", hash),
      terms ? at.termsOf(proofId(receiptId, this.#me, plan.proof)) : 0n,
    ])
    const isReady =
      plan.kind === "withheld" || (plan.kind === "prove" && done >= BigInt(plan.proof.until.at(-1) ?? 0))
    const call = isReady && place ? await this.#conviction(table) : undefined
    const taken = payouts.find((one) => one.challenger !== ZeroAddress && one.fault === "WrongExecution")
    return {
      me: this.#me,
      time: BigInt(timeOf(view)),
      clock: view.clock,
      turn: contracts.turn,
      place,
      convictedBy: taken?.challenger,
      isPaid: payouts[0].challenger !== ZeroAddress,
      plan,
      demand,
      commitment: { hash, since },
      terms: done,
      rehearsal: call && (await at.rehearse(this.#me, call)),
      hasSpent,
    }
  }

  async #move(act: Act, table: Table): Promise<Move> {
    const { contracts } = this.#options
    const { accused, receiptId, view, place, at } = table
    const deadline = place && Number(unixTime(place.end, { time: BigInt(timeOf(view)), clock: view.clock }))
    const timed = deadline === undefined ? {} : { deadline }
    const { judge } = contracts
    switch (act.kind) {
      case "commit":
        return {
          ...timed,
          kind: "commit",
          key: `commit:${receiptId}:${act.hash}:${act.previous}`,
          why: "records that the challenger knows what it will show",
          call: () => commitCall(judge, act.hash),
        }
      case "precede": {
        const salt = this.#options.salts.of(receiptId, act.questionId)
        return {
          ...timed,
          kind: "precede",
          key: `precede:${receiptId}:${act.questionId}`,
          why: "shows that the challenger knew to ask before somebody who copied it",
          call: () => precedeCall({ judge }, receiptId, act.questionId, salt),
        }
      }
      case "demand": {
        const amount = await this.#bond(at, view)
        const salt = this.#options.salts.of(receiptId, act.questionId)
        const program = await this.#options.evidence.programOf(table.known)
        return {
          ...timed,
          kind: "demand",
          key: `demand:${receiptId}:${act.questionId}`,
          why: `asks for ${act.move.kind === "demandChunk" ? "a chunk" : "a node"} of what the provider committed to`,
          bond: { questionId: act.questionId, amount },
          call: () => demandCall({ judge }, accused, program, act.move, { salt, bond: amount }),
        }
      }
      case "advance": {
        const { proof, part } = act
        const about = proofId(receiptId, this.#me, proof)
        const amount = part === 0 ? await this.#bond(at, view) : 0n
        return {
          ...timed,
          kind: "advance",
          key: `advance:${receiptId}:${about}:${proof.until[part]}`,
          why: `uploads part ${part + 1} of ${proof.uploads.length} of the proof`,
          ...(part === 0 ? { bond: { questionId: about, amount } } : {}),
          call: () => advanceCall({ judge }, accused, proof.traceRoot, proof.uploads[part], amount),
        }
      }
      case "convict":
        return {
          ...timed,
          kind: "convict",
          key: `convict:${receiptId}:${keccak256(table.evidence!)}`,
          why: "convicts the receipt",
          call: () => this.#conviction(table),
        }
    }
  }

  #conviction({ accused, evidence }: Table) {
    const { receipt, inclusion } = accused
    return convictCall(this.#options.contracts, "WrongExecution", receipt, inclusion!, evidence!)
  }

  async #bond(at: AtHead, view: View): Promise<bigint> {
    return bondAt(await at.answerPrice("judge"), view.baseFee, DEMAND_GAS)
  }

  async #outlook(
    table: Table,
    { rehearsal, place, demand }: Facts,
    { isCertain }: Grounds,
  ): Promise<Outlook> {
    const { plan, accused, known, at, view } = table
    const { coverage, provider } = accused.receipt
    const reward = rehearsal && "taken" in rehearsal ? rehearsal.taken.reward : undefined
    const reserved = 2n * coverage
    const base = { provider, reward, bond: min(place!.bond, reserved), reserved }
    const price = await this.#bond(at, view)
    if (plan.kind === "prove") {
      const left = plan.proof.uploads.length > 0 ? price : 0n
      return { ...base, way: "shown", left, gas: BigInt(plan.proof.gas) }
    }
    const program = await this.#options.evidence.programOf(known)
    const isJoined = plan.kind === "withheld" || (demand !== undefined && demand.challenger !== this.#me)
    const rounds = isJoined ? 0 : roundsOf(program.header.traceDepth)
    const way = isJoined ? "joined" : isCertain ? "hidden" : "possible"
    return { ...base, way, left: BigInt(rounds) * price, gas: askingGas(program, rounds) }
  }

  async #firstBlock({ isAttested }: Known, { batch }: Inclusion): Promise<number> {
    if (isAttested && batch.count === 0n) return this.#options.fromBlock
    return (await this.#options.book.findBatch(batchId(batch)))?.block ?? this.#options.fromBlock
  }
}

const GIVEN_BACK = "Governance has given back what the conviction took"
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Wrong executions are paid for by collateral: without any there is nothing to convict. */
function unanchored({ signed: { receipt } }: Known, view: View): Pick<Look, "step" | "deadline"> {
  const isLate = BigInt(timeOf(view)) > receipt.anchorBy
  const step = isLate
    ? over("dropped", "It was never anchored, as far as is known: there is no collateral to take")
    : wait("It is not anchored yet")
  return { step, deadline: undefined }
}

/** Whoever is in doubt spends nothing. What cannot be had now is tried again later. */
function doubted({ verdict, reason }: Grounds) {
  if (verdict === "unfetchable") throw new OnusError("EvidenceMissing", reason)
  return over("dropped", `Checked again, it is no mismatch: ${verdict}${reason && `, ${reason}`}`)
}
