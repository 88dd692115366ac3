import { OnusError } from "../../protocol/errors.ts"
import { Space } from "../../protocol/program.ts"
import type { Execution } from "../../engine/executor.ts"
import { commit, tensorsOf } from "../../engine/trace/commitment.ts"
import { inputLength } from "../../pool/inputs.ts"
import type { Entry } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"
import { Turns } from "./turns.ts"

/** Bytes of runs that are kept for whoever asks next. */
const CACHE_BYTES = 128 * 2 ** 20
/** Requests for evidence that may wait. */
const MOST_WAITING = 16

/** Runs that were made again for evidence: a few at once, the last ones kept a little. */
export class EvidenceDesk {
  readonly #pool: Pick<Pool, "evidenceOf">
  readonly #turns: Turns
  readonly #cache = new Map<string, { readonly run: Execution; readonly bytes: number }>()
  readonly #running = new Map<string, Promise<Execution>>()
  #cached = 0

  constructor(pool: Pick<Pool, "evidenceOf">, atOnce: number) {
    this.#pool = pool
    this.#turns = new Turns(atOnce, MOST_WAITING, "evidence")
  }

  /** Waits for a turn: evidence is large, and only so much may be under way. @throws OnusError `PoolBusy`. */
  turn(): Promise<() => void> {
    return this.#turns.take()
  }

  /** The run of a receipt with everything kept. @throws OnusError `EvidenceGone`, and those of the pool. */
  async runOf(
    entry: Entry & Required<Pick<Entry, "signed">>,
    program: Execution["program"],
  ): Promise<Execution> {
    const { receiptId } = entry.signed
    const known = this.#cache.get(receiptId)
    if (known) {
      this.#cache.delete(receiptId)
      this.#cache.set(receiptId, known)
      return known.run
    }
    if (entry.inputs.length !== inputLength(program)) throw evidenceGone(entry)
    const running = this.#running.get(receiptId) ?? this.#again(entry, receiptId)
    return running
  }

  #again(entry: Entry & Required<Pick<Entry, "signed">>, receiptId: string): Promise<Execution> {
    const running = this.#pool.evidenceOf(entry.terms.modelId, entry.inputs).then((run) => {
      requireSame(entry, run)
      this.#remember(receiptId, run)
      return run
    })
    this.#running.set(receiptId, running)
    const end = () => this.#running.delete(receiptId)
    running.then(end, end)
    return running
  }

  #remember(receiptId: string, run: Execution): void {
    const spaces = [Space.Input, Space.Trace, Space.Output] as const
    const tensors = spaces.flatMap((space) => tensorsOf(run.program, space))
    const bytes = tensors.reduce((sum, tensor) => sum + run.bytes(tensor).length, 0)
    if (bytes > CACHE_BYTES / 2) return
    this.#cache.set(receiptId, { run, bytes })
    this.#cached += bytes
    for (const [oldest, { bytes: size }] of this.#cache) {
      if (this.#cached <= CACHE_BYTES) return
      this.#cache.delete(oldest)
      this.#cached -= size
    }
  }
}

/** Evidence of another answer than was signed helps nobody but a challenger. */
function requireSame({ signed }: Required<Pick<Entry, "signed">>, run: Execution): void {
  const { outputRoot } = commit(run)
  if (outputRoot === signed.receipt.outputCommitment) return
  const message = `Run again, the outputs of receipt ${signed.receiptId} hash to ${outputRoot}`
  throw new OnusError("AnswerDiffers", message, {
    hint: "The machine or the engine computes wrongly, now or then",
  })
}

export const evidenceGone = ({ signed }: Required<Pick<Entry, "signed">>) =>
  new OnusError("EvidenceGone", `The inputs of receipt ${signed.receiptId} are not kept any more`, {
    hint: "Its window is over: nobody can be convicted by it",
  })
