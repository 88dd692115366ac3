import { expect } from "chai"
import type { DemandMove } from "../../../src/sdk/game/demand.ts"
import { chunkQuestion, nodeQuestion, questionId } from "../../../src/engine/audit/game/question.ts"
import { leavesOf } from "../../../src/engine/program/program.ts"
import { Space } from "../../../src/protocol/program.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { type Accused, type Court, openCourt } from "../../../src/sdk/game/court.ts"
import { demand } from "../../../src/sdk/game/demand.ts"
import { claimOmission } from "../../../src/sdk/omission/claim.ts"
import type { Answered, Standing } from "./client.ts"
import { program } from "./roles.ts"

/** Somebody who asks for proof, of an honest provider. */
export class Challenger {
  readonly #client: Client
  readonly #court: Court
  /** What was asked: receipt and question. */
  readonly asked: { readonly receiptId: string; readonly questionId: string }[] = []

  private constructor(client: Client, court: Court) {
    this.#client = client
    this.#court = court
  }

  static async of(client: Client): Promise<Challenger> {
    return new Challenger(client, await openCourt(client))
  }

  /** Asks for things, in this order. */
  async demand(standing: Standing, moves: readonly DemandMove[]): Promise<void> {
    const accused: Accused = {
      receipt: standing.signed.receipt,
      inclusion: standing.inclusion,
      header: program.header,
    }
    for (const move of moves) {
      await demand(this.#court, accused, program, move)
      this.asked.push({ receiptId: standing.receiptId, questionId: questionId(move.question) })
    }
  }

  /** Says that a receipt was not anchored in time. */
  async claim({ signed }: Answered): Promise<void> {
    await claimOmission(this.#client, signed)
  }

  /** How many of the demands were answered. */
  async answered(): Promise<number> {
    const demands = await Promise.all(
      this.asked.map(({ receiptId, questionId }) => this.#court.judge.demandOf(receiptId, questionId)),
    )
    return demands.filter(({ responder }) => BigInt(responder) !== 0n).length
  }

  /** Blocks in which demands were answered, in the order of the answers. */
  async answers(): Promise<{ receiptId: string; questionId: string; block: number }[]> {
    const { judge } = this.#court
    const events = await Promise.all([
      judge.queryFilter(judge.filters.NodeAnswered()),
      judge.queryFilter(judge.filters.ChunkAnswered()),
      judge.queryFilter(judge.filters.LeafAnswered()),
    ])
    const all = events.flat().sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index)
    return all.map(({ args, blockNumber }) => {
      const { receiptId, questionId } = args
      return { receiptId, questionId, block: blockNumber }
    })
  }

  async claimAnswered({ receiptId }: Pick<Answered, "receiptId">): Promise<boolean> {
    return (await (await this.#client.omission()).claimOf(receiptId)).answered
  }

  async expectAllAnswered(): Promise<void> {
    expect(await this.answered(), "answers").to.equal(this.asked.length)
  }
}

/** Asks for what is below the root of the trace. */
export const rootDemand: DemandMove = {
  kind: "demandNode",
  question: nodeQuestion(Space.Trace, program.header.traceDepth, 0),
}

/** Asks what leaves of the trace are there for: the first one, and the last, behind all tensors. */
export const leafDemands: readonly DemandMove[] = [0, 2 ** program.header.traceDepth - 1].map((leaf) => {
  return { kind: "demandNode", question: nodeQuestion(Space.Trace, 0, leaf) }
})

/** Everything that can be asked for about one answer: chunk by chunk of every tensor. */
export function chunkDemands(): DemandMove[] {
  return program.steps.flatMap((made, step) =>
    Array.from({ length: leavesOf(made.output) }, (_, chunk): DemandMove => {
      return { kind: "demandChunk", question: chunkQuestion(made.output, chunk), step, chunk }
    }),
  )
}
