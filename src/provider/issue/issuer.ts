import { setImmediate } from "node:timers/promises"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { ZeroHash, hexlify } from "ethers"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import {
  type Receipt,
  type Registry,
  type SignedReceipt,
  receiptPreimage,
  requestKey,
} from "../../protocol/receipt.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Key } from "../../service/key.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { Cover } from "../cover.ts"
import type { Claim, Entry, Journal } from "../journal.ts"
import type { Answered, Pool } from "../../pool/pool.ts"
import { HeldCover } from "./held-cover.ts"
import { inputRootOf } from "../../pool/inputs.ts"
import { Persistence } from "./persistence.ts"
import {
  type InferenceRequest,
  type ServingLimits,
  questionName,
  requestName,
  requireWithin,
  windowFor,
} from "./request.ts"

/** What an issuer works with. */
export interface IssuerParts {
  readonly registry: Registry
  /** The provider's own address; the key is one of its keys. */
  readonly provider: string
  readonly journal: Pick<Journal, "claim" | "keep" | "abandon" | "byRequest" | "byReceipt">
  readonly pool: Pick<Pool, "programs" | "requireRoom" | "run">
  readonly cover: Cover
  readonly key: Key
  readonly readiness: Pick<Readiness, "isReady" | "problems" | "report">
  readonly limits: ServingLimits
  /** Time of the latest head of the chain, Unix seconds. */
  now(): bigint
  /** Whether consumers may choose request ids: not while it is unknown which of them were answered before. */
  mayChooseId?(now: bigint): boolean
}

/** A signed answer. */
export interface Issued {
  readonly entry: Entry
  readonly signed: SignedReceipt & { readonly receiptId: string }
  /** Output tensors in the order of the program's ports. Not to be changed: others may have asked the same. */
  readonly outputs: readonly Uint8Array[]
  /** How long each phase took. */
  readonly milliseconds: Readonly<Partial<Record<Phase, number>>>
}

/** A receipt that nobody has seen yet, and what it is about. */
interface Draft {
  readonly answered: Answered
  readonly receipt: Receipt
  readonly preimage: Uint8Array
  /** Present if the key is in this process: see {@link Key.signHere}. */
  readonly signed?: Issued["signed"] | undefined
  /** Milliseconds that it took. */
  readonly spent: number
}

/** Makes ready what a client will be sent. Nothing of it may leave before the same receipt is given by {@link Issuer.answer}. */
export type Prepare = (answer: Pick<Issued, "signed" | "outputs">) => void

/** Waiting for a thread, computing, making the claim durable, signing. */
export type Phase = "queue" | "run" | "claim" | "sign"

/**
 * Takes a request to a signed answer. The claim gets onto the disk while the answer is computed; as the answer follows from
 * it, what a crash interrupts is done again with the same result, and no request is ever signed in two ways.
 */
export class Issuer {
  readonly #parts: IssuerParts
  readonly #held: HeldCover
  readonly #running = new Map<string, { readonly question: string; readonly answer: Promise<Issued> }>()
  /** Handed out, and not in the journal yet. */
  readonly #unkept = new Map<string, Entry>()
  /** Claims whose signature failed, by request. */
  readonly #unsigned = new Set<string>()
  readonly #keeping: Persistence
  readonly #signing: Persistence

  constructor(parts: IssuerParts) {
    this.#parts = parts
    this.#held = new HeldCover(parts.cover)
    this.#keeping = new Persistence(parts.readiness, "receipts-kept")
    this.#signing = new Persistence(parts.readiness, "signer")
  }

  /**
   * Answers a request. The same one gets the same receipt again, however often it is asked, also at the same time.
   *
   * @param prepare called while the disk works, if the receipt can be made by then.
   * @throws OnusError `NotReady`, `PoolBusy`, `CoverExhausted`, `RequestIdReused`, `RequestIdRefused`, `RunFailed`,
   * `SignerUnavailable`, those of {@link requireWithin}, and those of the journal.
   */
  answer(request: InferenceRequest, prepare?: Prepare): Promise<Issued> {
    return this.#begin(request, prepare)
  }

  /** Finishes a claim that was interrupted: the same receipt as it would have had. Its cover is held by who found it. */
  resume(entry: Entry): Promise<Issued> {
    const name = requestName(entry.terms)
    const running = this.#running.get(name)
    if (running) return running.answer
    const question = questionName(entry.terms, entry.trace, entry.sealedFor)
    return this.#track(name, question, async () => {
      const issued = await this.#sign(entry, this.#draft(entry, await this.#run(entry)), {}, false)
      this.#held.found(name)
      return issued
    })
  }

  /** Whether somebody waits for the answer to a claim just now. */
  isAnswering({ terms }: Pick<Entry, "terms">): boolean {
    return this.#running.has(requestName(terms))
  }

  /** What is known of a receipt, from the moment on that it is handed out. */
  async entryOf(receiptId: string): Promise<Entry | undefined> {
    return this.#unkept.get(receiptId) ?? (await this.#parts.journal.byReceipt(receiptId))
  }

  /** Resolves when every receipt that was handed out is kept. */
  settled(): Promise<void> {
    return this.#keeping.settled()
  }

  /** Waits for what is being kept, and attempts nothing again. Call it when no request is answered any more. */
  async close(): Promise<void> {
    await Promise.all([this.#keeping.close(), this.#signing.close()])
  }

  async #begin(request: InferenceRequest, prepare?: Prepare): Promise<Issued> {
    requireWithin(this.#parts.limits, request.wishes)
    const time = this.#parts.now()
    if (request.wishes.isIdChosen && this.#parts.mayChooseId?.(time) === false) throw idRefused()
    const claim = this.#claimOf(request, time)
    const question = questionName(claim.terms, claim.trace, claim.sealedFor)
    const name = requestName(claim.terms)
    const running = this.#running.get(name)
    if (!running)
      return this.#track(name, question, () => this.#answer(request, claim, name, question, prepare))
    if (running.question !== question) throw reused(claim)
    return running.answer
  }

  async #track(name: string, question: string, act: () => Promise<Issued>): Promise<Issued> {
    const answer = act()
    this.#running.set(name, { question, answer })
    try {
      return await answer
    } finally {
      this.#running.delete(name)
    }
  }

  #claimOf({ modelId, inputs, wishes }: InferenceRequest, issuedAt: bigint): Claim {
    const program = this.#parts.pool.programs.get(modelId)
    if (!program) throw new OnusError("ModelUnknown", `Model ${modelId} is not served here`)
    const { consumer, requestId, coverage, challengeWindow, anchorWithin, termsHash, trace, sealedFor } =
      wishes
    const terms = {
      provider: this.#parts.provider,
      modelId,
      requestId,
      inputCommitment: inputRootOf(program, inputs),
      consumer,
      coverage,
      issuedAt,
      anchorBy: issuedAt + anchorWithin,
      challengeWindow: windowFor(this.#parts.limits, challengeWindow),
      termsHash,
    }
    return { terms, trace, inputs, ...(sealedFor ? { sealedFor } : {}) }
  }

  async #answer(
    request: InferenceRequest,
    claim: Claim,
    name: string,
    question: string,
    prepare?: Prepare,
  ): Promise<Issued> {
    const { journal, pool, cover } = this.#parts
    pool.requireRoom(request.modelId)
    try {
      this.#requireReady()
      cover.reserve(claim.terms.coverage)
    } catch (error) {
      // What was promised before is kept, whatever stands in the way of new promises.
      const entry = request.wishes.isIdChosen ? await journal.byRequest(requestKey(claim.terms)) : undefined
      if (!entry) throw error
      if (questionName(entry.terms, entry.trace, entry.sealedFor) !== question) throw reused(claim)
      return this.#sign(entry, this.#draft(entry, await this.#run(entry)), {}, false)
    }
    failpoint("run")
    // A signature that stays in this process binds nobody: it can be made while the disk works, and leaves when that is done.
    const drafting = this.#run(claim).then((answered) => {
      const draft = this.#draft(claim, answered, true)
      if (draft.signed) prepare?.({ signed: draft.signed, outputs: answered.outputs })
      return draft
    })
    const from = performance.now()
    let claimMs = 0
    const claiming = journal.claim(claim).finally(() => (claimMs = performance.now() - from))
    const [claimed, drafted] = await Promise.allSettled([claiming, drafting])
    if (claimed.status === "rejected") {
      this.#held.refused(name, claim.terms.coverage, isOnusError(claimed.reason, "DatabaseUnavailable"))
      throw claimed.reason
    }
    const { entry, isNew } = claimed.value
    this.#held.settled(name, claim.terms.coverage, isNew)
    if (drafted.status === "fulfilled") {
      const draft = isNew ? drafted.value : this.#draft(entry, drafted.value.answered)
      return this.#sign(entry, draft, { claim: claimMs }, isNew)
    }
    if (isNew) await this.#abandon(entry, name)
    throw drafted.reason
  }

  #requireReady(): void {
    const { readiness } = this.#parts
    if (readiness.isReady) return
    const reasons = readiness.problems.map(({ check, message }) => `${check}: ${message}`)
    throw new OnusError("NotReady", `No requests are taken at present: ${reasons.join("; ")}`, {
      hint: "Ask again later, or ask another provider",
    })
  }

  async #run({ terms, inputs, trace }: Claim): Promise<Answered> {
    const answered = await this.#parts.pool.run(terms.modelId, inputs, trace)
    if (answered.inputRoot === terms.inputCommitment) return answered
    const message = `A thread hashed the inputs to ${answered.inputRoot}; they hash to ${terms.inputCommitment}`
    throw this.#distrust(new OnusError("RunFailed", message, { hint: "Check the machine's memory" }))
  }

  /** Nothing was signed, so the request is free again. If that cannot be written, its cover stays reserved. */
  async #abandon(entry: Entry, name: string): Promise<void> {
    try {
      await this.#parts.journal.abandon(entry.request)
      this.#parts.cover.free(entry.terms.coverage)
    } catch {
      this.#held.refused(name, entry.terms.coverage, true)
    }
  }

  /** @param isEarly whether to sign it already, if the key is in this process. */
  #draft({ terms }: Pick<Claim, "terms">, answered: Answered, isEarly = false): Draft {
    const from = performance.now()
    const { registry, key } = this.#parts
    const { outputRoot, traceRoot } = answered
    const trace = traceRoot === undefined ? ZeroHash : traceCommitment(registry, terms, traceRoot)
    const receipt: Receipt = { ...terms, outputCommitment: outputRoot, traceCommitment: trace }
    const preimage = receiptPreimage(registry, receipt)
    const signature = isEarly ? key.signHere?.(preimage) : undefined
    const signed = signature === undefined ? undefined : signedBy(registry, receipt, preimage, signature)
    return { answered, receipt, preimage, signed, spent: performance.now() - from }
  }

  async #sign(entry: Entry, draft: Draft, times: Issued["milliseconds"], isFirst: boolean): Promise<Issued> {
    failpoint("ran")
    const { registry, key, journal } = this.#parts
    const from = performance.now()
    const { receipt, preimage } = draft
    const { outputs, queuedMs, ranMs } = draft.answered
    const spent = () => ({
      ...times,
      sign: draft.spent + performance.now() - from,
      ...(queuedMs === undefined ? {} : { queue: queuedMs }),
      ...(ranMs === undefined ? {} : { run: ranMs }),
    })
    if (entry.signed) {
      this.#requireSame(entry.signed.receipt, receipt)
      return { entry, signed: entry.signed, outputs, milliseconds: spent() }
    }
    const signed =
      draft.signed ?? signedBy(registry, receipt, preimage, await this.#signature(key, preimage, entry))
    failpoint("signed")
    const known = { ...entry, signed }
    // Who claimed it first may give it up while another replica signs: that one answers when its receipt is kept.
    if (isFirst) this.#keepSoon(known)
    else await journal.keep(entry.request, signed)
    return { entry: known, signed, outputs, milliseconds: spent() }
  }

  /** The same bits again, or nothing: an answer that differs from the one that was signed must not leave. */
  #requireSame(first: Receipt, second: Receipt): void {
    const { outputCommitment, traceCommitment } = second
    if (first.outputCommitment === outputCommitment && first.traceCommitment === traceCommitment) return
    const message = `The outputs hash to ${outputCommitment} now; ${first.outputCommitment} was signed for this request`
    throw this.#distrust(
      new OnusError("AnswerDiffers", message, {
        hint: "The machine or the engine computes wrongly, now or then: stop the node and compare with another machine",
      }),
    )
  }

  /** A machine that has computed something wrong signs nothing new, until somebody has looked at it and starts the node again. */
  #distrust(error: OnusError): OnusError {
    this.#parts.readiness.report("answers", { code: error.code, message: error.message })
    return error
  }

  #keepSoon(entry: Entry & Required<Pick<Entry, "signed">>): void {
    const { receiptId } = entry.signed
    this.#unkept.set(receiptId, entry)
    this.#keeping.do(async () => {
      // The answer leaves first: waking the thread that writes would hold it up.
      await setImmediate()
      await this.#parts.journal.keep(entry.request, entry.signed)
      this.#unkept.delete(receiptId)
    })
  }

  /** A signer that does not answer may have signed: the claim stays, and is finished later. */
  async #signature(key: Key, preimage: Uint8Array, entry: Entry): Promise<string> {
    try {
      return await key.sign(preimage)
    } catch (error) {
      if (!this.#unsigned.has(entry.request)) {
        this.#unsigned.add(entry.request)
        this.#signing.do(async () => {
          await this.resume(entry)
          this.#unsigned.delete(entry.request)
        })
      }
      throw error
    }
  }
}

const signedBy = (
  registry: Registry,
  receipt: Receipt,
  preimage: Uint8Array,
  signature: string,
): Issued["signed"] => ({ registry, receipt, signature, receiptId: hexlify(keccak_256(preimage)) })

function reused({ terms }: Claim): OnusError {
  const message = `Request ${terms.requestId} of ${terms.consumer} was asked for something else already`
  return new OnusError("RequestIdReused", message, { hint: "Use a new request id" })
}

function idRefused(): OnusError {
  const message = "This provider takes no request ids of consumers at present: its journal was restored"
  return new OnusError("RequestIdRefused", message, {
    hint: "Leave the request id out; the node makes one up",
  })
}
