import { type Draw, sampleElements } from "../../engine/audit/sample.ts"
import { withFlippedBit } from "../../engine/audit/sample-lie.ts"
import type { Execution } from "../../engine/executor.ts"
import type { Commitment } from "../../engine/trace/commitment.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { widthOf } from "../../protocol/program.ts"
import type { LocalReferee } from "./local-referee.ts"

/** What the contract said about some elements of one step. */
export interface SampledStep {
  readonly step: number
  readonly samples: number
  /** Elements as the engine computed them that the contract does not call right. */
  readonly mismatches: number
  /** Elements with one bit flipped that the contract calls wrong: all of them should be. */
  readonly convicted: number
  /** The first error of the contract, which should judge everything. */
  readonly problem: string | null
  /** Calldata of the largest proof, and what a transaction with it takes. */
  readonly bytes: number
  readonly gas: number
}

/** Has the contract judge `count` elements of a step as the engine computed them, and with one bit flipped. */
export async function checkStep(
  referee: LocalReferee,
  run: Execution,
  commitment: Commitment,
  step: number,
  count: number,
  draw: Draw,
): Promise<SampledStep> {
  const { output } = run.program.steps[step]
  const elements = sampleElements(output, count, draw)
  let [mismatches, convicted, largest] = [0, 0, ""]
  let problem: string | null = null
  const verdict = async (question: string): Promise<boolean | undefined> => {
    try {
      return await referee.isWrong(question)
    } catch (error) {
      if (!isOnusError(error)) throw error
      problem ??= error.message
      return undefined
    }
  }
  for (const element of elements) {
    const honest = referee.question(run, commitment, step, element)
    if ((await verdict(honest)) !== false) mismatches++
    const bit = draw(8 * widthOf(output.type))
    const lie = referee.question(run, withFlippedBit(commitment, output, element, bit), step, element)
    if (await verdict(lie)) convicted++
    if (lie.length > largest.length) largest = lie
  }
  const [bytes, gas] = [(largest.length - 2) / 2, await referee.gasOf(largest)]
  return { step, samples: elements.length, mismatches, convicted, problem, bytes, gas }
}
