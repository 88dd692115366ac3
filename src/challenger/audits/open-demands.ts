import type { Chain } from "../../chain/provider.ts"
import { answerer } from "../../engine/audit/game/answer.ts"
import type { Execution } from "../../engine/executor.ts"
import { commit } from "../../engine/trace/commitment.ts"
import { type Call, answerDemandCall } from "../../sdk/calls.ts"
import { unixTime } from "../../sdk/chain-time.ts"
import type { Demand } from "../../sdk/game/read.ts"
import type { Known } from "../book.ts"
import type { Contracts } from "../play/contracts.ts"
import { Positions } from "../play/positions.ts"
import { type View, timeOf } from "../view.ts"

/** An answer that somebody must give, and until when, in Unix seconds. */
export interface Owed {
  readonly questionId: string
  readonly deadline: number
  readonly call: (run: Execution) => Promise<Call>
}

/**
 * What providers are asked about answers that an auditor has vouched for. One that stays silent is convicted however right its answer
 * is, and takes the auditor's seat with it; but anybody may answer who has run it.
 */
export class OpenDemands {
  readonly #contracts: Pick<Contracts, "judge" | "response">
  readonly #positions: Positions
  readonly #fromBlock: number

  constructor(chain: Chain, contracts: Contracts, fromBlock: number) {
    this.#contracts = contracts
    this.#positions = new Positions(chain, contracts)
    this.#fromBlock = fromBlock
  }

  /** What its provider should have answered by now: it has all but the time that an answer has at least. */
  async owed({ id, signed: { receipt } }: Known, view: View): Promise<readonly Owed[]> {
    const { judge, response } = this.#contracts
    const { asked } = await this.#positions.of(id, this.#fromBlock, view.head)
    const late = asked.filter(({ shown, due }) => !shown && due - view.clock <= response)
    return late.map(({ questionId, question, due }: Demand) => ({
      questionId,
      deadline: Number(unixTime(due, { time: BigInt(timeOf(view)), clock: view.clock })),
      call: (run) => {
        const accused = { receipt, header: run.program.header }
        return answerDemandCall({ judge }, accused, question, answerer(run)(question), commit(run).traceRoot)
      },
    }))
  }
}
