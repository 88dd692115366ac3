import type { Inclusion } from "../../../protocol/batch.ts"
import { OnusError } from "../../../protocol/errors.ts"
import { withheldEvidence } from "../../../sdk/game/convict.ts"
import type { Case, Known } from "../../book.ts"
import { askingGas, roundsOf } from "../../value/gas.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead, Payout, Place } from "../at-head.ts"
import type { Bonds } from "../bonds.ts"
import type { Contracts } from "../contracts.ts"
import type { Game, Look, Outlook } from "../look.ts"
import { over, wait } from "../move.ts"
import { placeOf } from "../place-of.ts"
import type { Salts } from "../salts.ts"
import type { ExecutionEvidence, Grounds } from "./evidence.ts"
import { convictedBy, factsOf } from "./facts.ts"
import { Moves } from "./moves.ts"
import { type Facts, next } from "./next.ts"
import { Plans, type PlansOptions } from "./plans.ts"
import type { Table } from "./table.ts"

export interface ExecutionGameOptions extends PlansOptions {
  readonly contracts: Contracts
  readonly evidence: ExecutionEvidence
  readonly salts: Salts
  readonly bonds: Pick<Bonds, "ofCase" | "find" | "note">
}

/** Disputes about traces, served or hidden. */
export class ExecutionGame implements Game {
  readonly #options: ExecutionGameOptions
  readonly #me: string
  readonly #plans: Plans
  readonly #moves: Moves

  constructor(options: ExecutionGameOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
    this.#plans = new Plans(options)
    this.#moves = new Moves(options)
  }

  async look(accusation: Case, known: Known, at: AtHead, view: View): Promise<Look> {
    const { receipt } = known.signed
    const payouts = await at.payouts("WrongExecution", [receipt])
    const common = { fault: "WrongExecution", receipts: [receipt], payouts } as const
    const placed = await placeOf(known, this.#options.book, at)
    const place = placed?.place
    const bonds = await this.#options.bonds.ofCase(accusation.id)
    const ended = this.#ended(payouts, place, bonds.length > 0)
    if (ended) return { ...common, step: ended, deadline: undefined }
    if (!placed) return { ...common, step: unanchored(known, view), deadline: undefined }
    const grounds = await this.#options.evidence.groundsOf(accusation.id, known)
    if (grounds.verdict !== "mismatch") return { ...common, step: doubted(grounds), deadline: undefined }

    const table = await this.#table(accusation.id, known, placed.inclusion, at, view, place)
    const { contracts, salts } = this.#options
    const from = { contracts, salts, me: this.#me, moves: this.#moves }
    const facts = await factsOf(table, { ...from, payouts, hasSpent: bonds.length > 0 })
    const step = next(facts)
    const deadline = place && Number(place.end)
    if (step.kind === "wait" || step.kind === "over") return { ...common, step, deadline }
    if (step.kind === "unfit") {
      await this.#plans.giveUp(accusation.id)
      const message = `The contract does not take the proof about receipt ${known.id}: ${step.code}`
      throw new OnusError("ProofRefused", message)
    }
    const move = await this.#moves.of(step, table, facts.terms)
    const outlook = () => this.#outlook(table, facts)
    return { ...common, step: { kind: "moves", moves: [move] }, deadline, outlook }
  }

  /** What needs no grounds to be known: it is won, or too late. */
  #ended(payouts: readonly Payout[], place: Place | undefined, hasSpent: boolean) {
    const mine = payouts.find(
      ({ challenger, fault }) => challenger === this.#me && fault === "WrongExecution",
    )
    if (mine?.isReturned) return over("lost", "Governance has given back what the conviction took")
    if (mine) return over("won", "It is convicted")
    if (!place || place.isOpen) return undefined
    const other = convictedBy(payouts)
    if (other !== undefined) return over("dropped", `${other} has convicted it`)
    return over(hasSpent ? "lost" : "dropped", "Its window is over")
  }

  async #table(
    caseId: string,
    known: Known,
    inclusion: Inclusion,
    at: AtHead,
    view: View,
    place: Place | undefined,
  ): Promise<Table> {
    const plan = await this.#plans.of(caseId, known, inclusion, view)
    const isProof = plan.kind === "prove"
    const { header } = isProof ? plan.proof : await this.#options.evidence.programOf(known)
    const accused = { receipt: known.signed.receipt, inclusion, header }
    const withheld = plan.kind === "withheld" ? withheldEvidence(accused, plan.questionId) : undefined
    const evidence = isProof ? plan.proof.evidence : withheld
    return { known, accused, view, at, place, plan, evidence }
  }

  async #outlook(table: Table, { rehearsal, place, demand }: Facts): Promise<Outlook> {
    const { plan, accused, known, at, view } = table
    const { coverage, provider } = accused.receipt
    const reward = rehearsal && "taken" in rehearsal ? rehearsal.taken.reward : undefined
    const reserved = 2n * coverage
    const base = { provider, reward, bond: min(place!.bond, reserved), reserved }
    const isJoined = demand !== undefined && demand.challenger !== this.#me
    const price = await this.#moves.bond(at, view)
    if (plan.kind === "prove") {
      const left = plan.proof.uploads.length > 0 ? price : 0n
      return { ...base, way: isJoined ? "joined" : "shown", left, gas: BigInt(plan.proof.gas) }
    }
    const program = await this.#options.evidence.programOf(known)
    const { traceDepth, outputDepth } = program.header
    const rounds = isJoined || plan.kind === "withheld" ? 0 : roundsOf(Math.max(traceDepth, outputDepth))
    const way = isJoined ? "joined" : "hidden"
    return { ...base, way, left: BigInt(rounds) * price, gas: askingGas(program, rounds) }
  }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Wrong executions are paid for by collateral: without any there is nothing to convict. */
function unanchored({ signed: { receipt } }: Known, view: View) {
  if (BigInt(timeOf(view)) <= receipt.anchorBy) return wait("It is not anchored yet")
  return over("dropped", "It was never anchored, as far as is known: there is no collateral to take")
}

/** Whoever is in doubt spends nothing. What cannot be had now is tried again later. */
function doubted({ verdict, reason }: Grounds) {
  if (verdict === "unfetchable") throw new OnusError("EvidenceMissing", reason)
  return over("dropped", `Checked again, it is no mismatch: ${verdict}${reason && `, ${reason}`}`)
}
