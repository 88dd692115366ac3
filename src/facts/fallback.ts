import { isOnusError } from "../protocol/errors.ts"
import type { AsOf, Facts, Finality } from "./source.ts"

/** An index, and the chain behind it. */
export interface FallbackOptions {
  readonly index: Facts
  /** Opens the facts of the chain: once, when they are needed first. */
  readonly chain: () => Promise<Facts>
  /** The chain's latest block. */
  readonly head: () => Promise<number>
  /** Which registry the facts must be of. */
  readonly chainId: number
  readonly registry: string
  readonly finality: Finality
  /** Blocks that the index may be behind, or ahead: a node behind one URL with others can be late itself. */
  readonly maxLagBlocks: number
}

/** Milliseconds for which the latest block is taken to be the same. */
const HEAD_AGE = 2_000
/** Milliseconds for which an index is left alone that does not answer, is behind, or is of another registry. */
const REST = 30_000

/** What the chain would say of such a question as well. */
const WRONG_QUESTION = [
  "AddressInvalid",
  "ChoiceInvalid",
  "CursorInvalid",
  "DaysInvalid",
  "HashInvalid",
  "LimitInvalid",
]

/** All of them: a new one does not compile until it is named here. */
const QUESTIONS: Readonly<Record<keyof Facts, true>> = {
  status: true,
  providers: true,
  provider: true,
  keys: true,
  services: true,
  history: true,
  counterparties: true,
  events: true,
  batches: true,
  models: true,
  model: true,
  receipt: true,
  disputes: true,
  dispute: true,
  refusals: true,
  credits: true,
}

/** Facts of an index as long as it answers and is up to date, else of the chain: `asOf.origin` says which. */
export function withFallback(options: FallbackOptions): Facts {
  const asker = new Asker(options)
  const answers = (Object.keys(QUESTIONS) as (keyof Facts)[]).map((name) => [
    name,
    (...args: readonly unknown[]) =>
      asker.ask((facts) => (facts[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args)),
  ])
  return Object.fromEntries(answers) as Facts
}

class Asker {
  readonly #options: FallbackOptions
  #chain: Promise<Facts> | undefined
  #restsUntil = 0
  #head: { readonly block: Promise<number>; readonly at: number } | undefined

  constructor(options: FallbackOptions) {
    this.#options = options
  }

  async ask(question: (facts: Facts) => Promise<unknown>): Promise<unknown> {
    if (Date.now() >= this.#restsUntil) {
      const answer = await question(this.#options.index).catch(unlessWrong)
      if (answer !== undefined && (await this.#isGood(answer))) return answer
      this.#restsUntil = Date.now() + REST
    }
    return question(await this.#open())
  }

  async #isGood(answer: unknown): Promise<boolean> {
    const { chainId, registry, finality, maxLagBlocks } = this.#options
    const asOf = asOfIn(answer)
    // It comes from a server.
    if (typeof asOf?.registry !== "string" || !Number.isInteger(asOf.block)) return false
    if (asOf.chainId !== chainId || asOf.registry.toLowerCase() !== registry.toLowerCase()) return false
    if (asOf.finality !== finality) return false
    const head = await this.#latest(asOf.block).catch(() => asOf.block + asOf.lagBlocks)
    // One that is far ahead is of a chain that is not there any more.
    return Math.abs(head - asOf.block) <= maxLagBlocks
  }

  /** The latest block; asked for again if there is said to be a later one. */
  async #latest(told: number): Promise<number> {
    const now = Date.now()
    if (this.#head && now - this.#head.at <= HEAD_AGE && (await this.#head.block) >= told)
      return this.#head.block
    this.#head = { block: this.#options.head(), at: now }
    return this.#head.block
  }

  #open(): Promise<Facts> {
    return (this.#chain ??= this.#options.chain().catch((error: unknown) => {
      this.#chain = undefined
      this.#restsUntil = 0
      throw error
    }))
  }
}

/** Nothing if the index failed, whatever it says: the chain knows better. */
function unlessWrong(error: unknown): undefined {
  if (WRONG_QUESTION.some((code) => isOnusError(error, code))) throw error
}

/** `status` answers with it, everything else beside its data. */
const asOfIn = (answer: unknown): AsOf | undefined =>
  (answer as { readonly asOf?: AsOf } | null)?.asOf ?? (answer as AsOf | undefined)
