import type { LocalChain } from "./chain/local-chain.ts"
import type { Affair, Chronicle } from "./chronicle.ts"

/** Seconds of the chain that pass at once when nobody says what they wait for: somebody may try something again. */
const WHILE = 1_800

/** A moment of the chain that somebody waits for. */
export interface Deadline {
  readonly what: string
  /** Unix seconds. */
  readonly time: number
  readonly block: number
}

/** What a clock looks at. */
export interface ClockParts {
  readonly chain: LocalChain
  readonly chronicle: Chronicle
  /** Moments that are not on the chain: those of answers that nobody anchors. */
  readonly others: () => readonly Deadline[]
  /** When the escrow of a payout ends. */
  readonly maturityOf: (payoutId: string) => Promise<number>
}

/** Lets the chain's time pass: block by block while something happens, else to the next moment that somebody waits for. */
export class Clock {
  readonly #parts: ClockParts
  readonly #passed = new Set<string>()

  constructor(parts: ClockParts) {
    this.#parts = parts
  }

  /** Makes a block, a second after the last one. */
  async beat(): Promise<undefined> {
    await this.#parts.chain.mine()
  }

  /** Goes on to the next moment that somebody waits for. @param isPayTime whether that may be the end of an escrow. */
  async jump(isPayTime: boolean): Promise<Deadline> {
    const next = await this.#next(isPayTime)
    this.#passed.add(nameOf(next))
    await this.#parts.chain.passTo(next.time + 1, next.block)
    return next
  }

  async #next(isPayTime: boolean): Promise<Deadline> {
    const { chain, chronicle, others } = this.#parts
    const affairs = [...chronicle.affairs.values()]
    const waiting = this.#open([...others(), ...affairs.flatMap(unanswered)]).at(0)
    // All that is won is paid at once.
    const escrow = isPayTime && !waiting ? (await this.#escrows(affairs)).at(-1) : undefined
    const { time } = await chain.now()
    return waiting ?? escrow ?? { what: "nobody says for how long", time: time + WHILE, block: 0 }
  }

  /** The ends of all escrows of which nobody was paid, in their order. */
  async #escrows(affairs: readonly Affair[]): Promise<readonly Deadline[]> {
    const { chronicle, maturityOf } = this.#parts
    const unpaid = affairs.flatMap(({ conviction }) =>
      conviction && !chronicle.paid.has(conviction.payoutId) ? [conviction.payoutId] : [],
    )
    return Promise.all(
      unpaid.map(async (payoutId) => ({
        what: "an escrow ends",
        time: await maturityOf(payoutId),
        block: 0,
      })),
    )
  }

  #open(deadlines: readonly Deadline[]): readonly Deadline[] {
    const open = deadlines.filter((one) => !this.#passed.has(nameOf(one)))
    return open.toSorted((a, b) => a.time - b.time)
  }
}

const nameOf = ({ what, time, block }: Deadline): string => `${what} ${time} ${block}`

/** When what was asked about a receipt must be answered. */
function unanswered({ asked, conviction }: Affair): readonly Deadline[] {
  if (conviction) return []
  const open = [...asked.values()].filter(({ isAnswered }) => !isAnswered)
  return open.map(({ due, dueBlock }) => ({ what: "an answer is due", time: due, block: dueBlock }))
}
