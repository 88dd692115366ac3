import type { Execution } from "../../../engine/executor.ts"
import { commit, tensorsOf } from "../../../engine/trace/commitment.ts"
import { Space } from "../../../protocol/program.ts"
import { runOf } from "../../../sdk/bundle.ts"
import type { Known } from "../../book.ts"
import type { Checker, Opinion, Served } from "../../check.ts"
import type { CaseFiles } from "../files.ts"
import { type Proof, decodeProof, encodeProof, proofIfProvable } from "../proof.ts"

/** Opinions that are remembered: a served trace is large. */
const MOST_OPINIONS = 16
/** Cases whose grounds, and whose proofs, are kept in mind, besides being on the disk: a proof in parts takes megabytes. */
const MOST_GROUNDS = 500
const MOST_PROOFS = 16

/** Remembers what checks have found, so that nothing is run or fetched twice before the first move. */
export class Opinions implements Pick<Checker, "check"> {
  readonly #checker: Pick<Checker, "check">
  readonly #found = new Map<string, Opinion>()

  constructor(checker: Pick<Checker, "check">) {
    this.#checker = checker
  }

  async check(known: Known): Promise<Opinion> {
    const opinion = await this.#checker.check(known)
    if (opinion.verdict === "mismatch") {
      remember(this.#found, MOST_OPINIONS, known.id, opinion)
    }
    return opinion
  }

  /** What the last check of a receipt has found, once; else it is checked again. */
  async take(known: Known): Promise<Opinion> {
    const found = this.#found.get(known.id)
    this.#found.delete(known.id)
    return found ?? this.#checker.check(known)
  }
}

/** Why an accusation is brought, as far as the challenger's own machine knows. */
export interface Grounds {
  readonly verdict: Opinion["verdict"]
  readonly reason: string
}

/** What an accusation of a wrong execution stands on: kept on the disk before anything is spent. */
export class ExecutionEvidence {
  readonly #checker: Pick<Checker, "runOf" | "programOf">
  readonly #opinions: Pick<Opinions, "take">
  readonly #files: CaseFiles
  /** What was read from the disk, by case. */
  readonly #grounds = new Map<string, Grounds>()
  readonly #proofs = new Map<string, Proof>()

  constructor(
    checker: Pick<Checker, "runOf" | "programOf">,
    opinions: Pick<Opinions, "take">,
    files: CaseFiles,
  ) {
    this.#checker = checker
    this.#opinions = opinions
    this.#files = files
  }

  /** What was kept of the grounds; if nothing was, the answer is checked, and what is found is kept. */
  async groundsOf(caseId: string, known: Known): Promise<Grounds> {
    const read = this.#grounds.get(caseId)
    if (read) return read
    const kept = await this.#files.find(caseId, "grounds")
    if (kept)
      return remember(
        this.#grounds,
        MOST_GROUNDS,
        caseId,
        JSON.parse(Buffer.from(kept).toString()) as Grounds,
      )
    const opinion = await this.#opinions.take(known)
    const grounds: Grounds = {
      verdict: opinion.verdict,
      reason: "reason" in opinion ? opinion.reason : "",
    }
    if (opinion.verdict === "mismatch") {
      if (opinion.served) {
        const problem = await this.#keepServed(caseId, known, opinion.served)
        if (problem) return { ...grounds, verdict: "differs", reason: problem }
      }
      await this.#files.keep(caseId, "inputs", inputsOf(await this.#checker.runOf(known)))
      await this.#files.keep(caseId, "grounds", Buffer.from(JSON.stringify(grounds)))
    }
    return grounds
  }

  /** The proof that was made of a trace that was served or revealed. */
  async proof(caseId: string): Promise<Proof | undefined> {
    const read = this.#proofs.get(caseId)
    if (read) return read
    const kept = await this.#files.find(caseId, "proof")
    return kept && remember(this.#proofs, MOST_PROOFS, caseId, decodeProof(kept))
  }

  async keep(caseId: string, proof: Proof): Promise<void> {
    await this.#files.keep(caseId, "proof", encodeProof(proof))
  }

  /** Gives up a proof that the contract does not take. */
  async giveUp(caseId: string): Promise<void> {
    this.#proofs.delete(caseId)
    await this.#files.forget(caseId, "proof")
  }

  runOf(known: Known): Promise<Execution> {
    return this.#checker.runOf(known)
  }

  programOf({ signed: { receipt } }: Known) {
    return this.#checker.programOf(receipt.modelId, receipt.provider)
  }

  /** @returns why it cannot be proven, if it cannot. */
  async #keepServed(
    caseId: string,
    known: Known,
    { bundle, step, element }: Served,
  ): Promise<string | undefined> {
    const run = runOf(await this.programOf(known), bundle)
    const proof = proofIfProvable(run, commit(run), step, element)
    if (typeof proof === "string") return proof
    await this.keep(caseId, proof)
    return undefined
  }
}

/** Keeps a value in mind, and forgets the one that was there first if there are too many. */
function remember<T>(map: Map<string, T>, most: number, name: string, value: T): T {
  const [oldest] = map.keys()
  if (map.size >= most && oldest !== undefined) map.delete(oldest)
  map.set(name, value)
  return value
}

const inputsOf = (run: Execution): Uint8Array =>
  Buffer.concat(tensorsOf(run.program, Space.Input).map((tensor) => run.bytes(tensor)))
