import { type Answerer, answerer } from "../../engine/audit/game/answer.ts"
import { commit } from "../../engine/trace/commitment.ts"
import { OnusError } from "../../protocol/errors.ts"
import type { Registry } from "../../protocol/receipt.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import type { Entry } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"

/** Runs that are kept at hand, with all their tensors: one serves every question about its receipt. */
const KEPT = 4

/** What answers any question about one receipt. */
export interface Evidence {
  readonly answers: Answerer
  /** Before it is bound to the request. */
  readonly traceRoot: string
}

/** Re-creates what the provider has committed to, by running the question again. */
export class EvidenceRoom {
  readonly #pool: Pick<Pool, "evidenceOf">
  readonly #registry: Registry
  readonly #kept = new Map<string, Promise<Evidence>>()

  constructor(pool: Pick<Pool, "evidenceOf">, registry: Registry) {
    this.#pool = pool
    this.#registry = registry
  }

  /**
   * The evidence of a receipt.
   *
   * @throws OnusError `AnswerDiffers` when the run is not the one that was signed: nothing that it shows would be taken; and those
   * of the pool.
   */
  async of(entry: Entry): Promise<Evidence> {
    const name = entry.request
    const evidence = this.#kept.get(name) ?? this.#make(entry)
    this.#kept.delete(name)
    this.#kept.set(name, evidence)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break
      this.#kept.delete(oldest)
    }
    try {
      return await evidence
    } catch (error) {
      this.#kept.delete(name)
      throw error
    }
  }

  async #make({ terms, inputs, signed, trace }: Entry): Promise<Evidence> {
    const run = await this.#pool.evidenceOf(terms.modelId, inputs, true)
    const { inputRoot, traceRoot, outputRoot } = commit(run)
    const bound = traceCommitment(this.#registry, terms, traceRoot)
    const isSame =
      inputRoot === terms.inputCommitment &&
      outputRoot === signed?.receipt.outputCommitment &&
      (trace === "lazy" || bound === signed.receipt.traceCommitment)
    if (isSame) return { answers: answerer(run), traceRoot }
    throw new OnusError(
      "AnswerDiffers",
      `Receipt ${signed?.receiptId} was signed for other results than a run gives now`,
      {
        hint: "The machine or the engine computes wrongly, now or then: run the node on another machine, with the version that signed",
      },
    )
  }
}
