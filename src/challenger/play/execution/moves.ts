import { keccak256 } from "ethers"
import { DEMAND_GAS, bondAt } from "../../../sdk/bond.ts"
import { type Call, convictCall } from "../../../sdk/calls.ts"
import { unixTime } from "../../../sdk/chain-time.ts"
import { advanceCall, commitCall, demandCall, precedeCall } from "../../../sdk/game/calls.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead } from "../at-head.ts"
import type { Contracts } from "../contracts.ts"
import type { Move } from "../move.ts"
import { proofId } from "../proof.ts"
import type { Salts } from "../salts.ts"
import type { ExecutionEvidence } from "./evidence.ts"
import type { Act } from "./next.ts"
import type { Table } from "./table.ts"

export interface MovesOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
  readonly evidence: Pick<ExecutionEvidence, "programOf">
  readonly salts: Salts
}

/** Makes transactions of what is to be done in a dispute about a trace. */
export class Moves {
  readonly #options: MovesOptions
  readonly #me: string

  constructor(options: MovesOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  /** What a commitment is made for: a question, or the next part of a proof. */
  async opening(table: Table, terms: bigint): Promise<Move | undefined> {
    const { plan } = table
    if (plan.kind === "ask") {
      const { questionId, move } = plan
      return this.of({ kind: "demand", questionId, move }, table)
    }
    if (plan.kind !== "prove") return undefined
    const { proof } = plan
    const part = proof.until.findIndex((until) => BigInt(until) > terms)
    return part === -1 ? undefined : this.of({ kind: "advance", proof, part }, table)
  }

  /** @param terms how much of a proof in parts is uploaded. */
  async of(act: Act, table: Table, terms = 0n): Promise<Move> {
    const { contracts } = this.#options
    const { accused, known, view, place, at } = table
    const receiptId = known.id
    const deadline = place && Number(unixTime(place.end, { time: BigInt(timeOf(view)), clock: view.clock }))
    const timed = deadline === undefined ? {} : { deadline }
    const { judge } = contracts
    switch (act.kind) {
      case "commit": {
        const prepares = (await this.opening(table, terms))?.bond
        return {
          ...timed,
          ...(prepares ? { prepares } : {}),
          kind: "commit",
          key: `commit:${receiptId}:${act.hash}:${act.previous}`,
          why: "records that the challenger knows what it will show",
          call: () => commitCall(judge, act.hash),
        }
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
        const amount = await this.bond(at, view)
        const salt = this.#options.salts.of(receiptId, act.questionId)
        const program = await this.#options.evidence.programOf(known)
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
        const amount = part === 0 ? await this.bond(at, view) : 0n
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
          call: () => this.conviction(table),
        }
    }
  }

  /** The conviction that the plan leads to. */
  conviction({ accused, evidence }: Pick<Table, "accused" | "evidence">): Promise<Call> {
    const { receipt, inclusion } = accused
    return convictCall(this.#options.contracts, "WrongExecution", receipt, inclusion!, evidence!)
  }

  /** Wei to leave for a question, or a proof in parts. */
  async bond(at: AtHead, view: View): Promise<bigint> {
    return bondAt(await at.answerPrice("judge"), view.baseFee, DEMAND_GAS)
  }
}
