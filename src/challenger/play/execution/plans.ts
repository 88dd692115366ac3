import { id } from "ethers"
import { type Position, Solver, isOverdue } from "../../../engine/audit/game/solve.ts"
import { questionId } from "../../../engine/audit/game/question.ts"
import { type Inclusion, batchId } from "../../../protocol/batch.ts"
import type { Demand } from "../../../sdk/game/read.ts"
import type { Book, Known } from "../../book.ts"
import { type View, timeOf } from "../../view.ts"
import { type Bonds, bondId } from "../bonds.ts"
import type { Positions } from "../positions.ts"
import { proofIfProvable } from "../proof.ts"
import type { ExecutionEvidence } from "./evidence.ts"
import type { Plan } from "./next.ts"

export interface PlansOptions {
  /** The account that plays. */
  readonly me: string
  readonly book: Pick<Book, "findBatch" | "placesOf">
  readonly positions: Pick<Positions, "of">
  readonly evidence: ExecutionEvidence
  readonly bonds: Pick<Bonds, "find" | "note">
  /** The first block that the registry can have events in. */
  readonly fromBlock: number
}

/** Plans that are remembered: finding one takes a run with everything kept. */
const MOST_PLANS = 200

/** Finds out where disputes about traces lead to. */
export class Plans {
  readonly #options: PlansOptions
  readonly #me: string
  /** By case: what was known when it was made. */
  readonly #plans = new Map<string, { readonly of: string; readonly plan: Plan }>()

  constructor(options: PlansOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  /** Where the dispute leads to: by the proof that is at hand, or by what was asked and answered. */
  async of(caseId: string, known: Known, inclusion: Inclusion, view: View): Promise<Plan> {
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

  /** Gives up a proof that the contract does not take: another way is looked for. */
  async giveUp(caseId: string): Promise<void> {
    await this.#options.evidence.giveUp(caseId)
    this.#plans.delete(caseId)
  }

  /** Before which nobody can have asked: the block of the first of its places. */
  async #firstBlock({ id: receiptId, isAttested }: Known, { batch }: Inclusion): Promise<number> {
    const { book, fromBlock } = this.#options
    if (isAttested) return fromBlock
    const batches = [batch, ...(await book.placesOf(receiptId)).map((one) => one.batch)]
    const known = await Promise.all(batches.map((one) => book.findBatch(batchId(one))))
    return Math.min(...known.map((one) => one?.block ?? fromBlock))
  }
}
